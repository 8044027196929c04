import { mkdir, stat } from 'node:fs/promises';
import { DeploymentError } from '../functions/core/errors.ts';

/**
 * Creates a directory that only this user can read. An existing directory must belong to this user, and no
 * other user may be able to write to it, because another user could have put data there. On Windows, where
 * home directories are private, nothing is checked.
 *
 * @throws DeploymentError when the directory is not private, or the error of the system when the directory
 *   cannot be created
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
