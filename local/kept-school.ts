import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { Timestamp } from '../functions/contract/field-types.ts';
import { DeploymentError } from '../functions/core/errors.ts';
import { makePrivateDirectory } from './private-directory.ts';
import { STORY } from './sandbox/story.ts';

/** The sandbox school of a directory: what its history is made of, and how far it has come. */
export const KeptSchool = z.object({ seed: z.int(), startsAt: Timestamp, now: Timestamp });
export type KeptSchool = z.infer<typeof KeptSchool>;

/** A school whose story begins so that it ends today. */
export function newSchool(today: number): KeptSchool {
  const startsAt = new Date(today - STORY.polls * STORY.pollEveryMs).toISOString();
  return { seed: 1, startsAt, now: startsAt };
}

/**
 * The school that a directory keeps, or null when it keeps none.
 *
 * @throws DeploymentError when the file is there and cannot be understood
 */
export async function readSchool(directory: string): Promise<KeptSchool | null> {
  const file = fileOf(directory);
  try {
    return KeptSchool.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null;
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOTDIR') {
      throw new DeploymentError(`${directory} is not a directory`, { cause });
    }
    throw new DeploymentError(`${file} cannot be read: remove ${directory} to begin anew`, { cause });
  }
}

/** Writes it so that a kill leaves the old file or the new one. */
export async function keepSchool(directory: string, school: KeptSchool): Promise<void> {
  await makePrivateDirectory(directory);
  const file = fileOf(directory);
  await writeFile(`${file}.new`, `${JSON.stringify(school)}\n`);
  await rename(`${file}.new`, file);
}

function fileOf(directory: string): string {
  return join(directory, 'school.json');
}
