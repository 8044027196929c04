import { mkdir, stat } from 'node:fs/promises';
import { DeploymentError } from '../functions/core/errors.ts';

/**
 * Makes a directory that only this user can look into. One that is there already must be this user's, and nobody else's to
 * write in: another user could have put data there, or would find ours. On Windows, where homes are private, it is taken
 * as it is.
 *
 * @throws DeploymentError where it is not; the error of the system where it cannot be made
 */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const user = process.getuid?.();
  if (user === undefined) return;
  const { uid, mode } = await stat(directory);
  if (uid !== user) throw new DeploymentError(`${directory} belongs to another user: name another directory`);
  if ((mode & 0o022) !== 0) {
    throw new DeploymentError(
      `Other users can write in ${directory}: run chmod go-w on it, or name another directory`,
    );
  }
}
