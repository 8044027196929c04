import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DeploymentError } from '../functions/core/errors.ts';

/**
 * Creates a directory that only this user can read. An existing directory must belong to this user, and no
 * other user may be able to write to it, because another user could have put data there. On Windows, home
 * directories are private, and nothing is checked.
 *
 * @throws DeploymentError when the directory is not private, or the system's error when it cannot be created
 */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const user = process.getuid?.();
  if (user === undefined) return;
  const { uid, mode } = await stat(directory);
  if (uid !== user)
    throw new DeploymentError(`The directory ${directory} belongs to another user: use another directory`);
  if ((mode & 0o022) !== 0) {
    throw new DeploymentError(
      `Other users can write to the directory ${directory}: run chmod go-w on it, or use another directory`,
    );
  }
}

/**
 * Writes a file that only this user can read. If the process is killed, the complete old or the complete new
 * file exists. Several processes can write the file at the same time. Also removes the temporary files of
 * killed processes.
 *
 * @param options.keep whether an existing file is kept
 */
export async function writePrivateFile(file: string, text: string, { keep = false } = {}): Promise<void> {
  const [directory, name] = [dirname(file), basename(file)];
  await makePrivateDirectory(directory);
  for (const other of await readdir(directory)) {
    const pid = other.startsWith(`${name}.`) ? Number(other.slice(name.length + 1)) : Number.NaN;
    if (Number.isInteger(pid) && !isProcessAlive(pid)) await rm(join(directory, other), { force: true });
  }
  const part = `${file}.${process.pid}`;
  await writeFile(part, text, { mode: 0o600 });
  if (!keep) return rename(part, file);
  await link(part, file).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  });
  await rm(part);
}

/** Returns the secret in a private file. The first call creates it. */
export async function keptSecret(file: string): Promise<string> {
  if (!existsSync(file)) {
    await writePrivateFile(file, randomBytes(32).toString('base64url'), { keep: true });
  }
  return readFile(file, 'utf8');
}

/** Returns what to do about a message of the system or of LevelDB, or null if the message does not show it. */
export function adviceAbout(message: string): string | null {
  if (/no space left/i.test(message)) return 'make room on the disk';
  if (/not a directory|file already exists/i.test(message)) return 'name another directory';
  return /permission denied|not permitted|read-only/i.test(message)
    ? 'check the owner and the permissions of the file and of its directory'
    : null;
}

export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // With EPERM, the process is running but belongs to another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
