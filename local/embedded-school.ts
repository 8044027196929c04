import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { Timestamp } from '../functions/contract/field-types.ts';
import type { IntegrationId } from '../functions/contract/integration.ts';
import { DeploymentError } from '../functions/core/errors.ts';
import { writePrivateFile } from './private-directory.ts';
import { steppedClock } from './sandbox/clock.ts';
import type { RecordSource } from './sandbox/records.ts';
import { DEFAULT_SCHOOL, livingSchool } from './sandbox/school/school.ts';
import { STORY } from './sandbox/school/story.ts';
import { startSandbox } from './sandbox/server.ts';

const SCHOOL_INTEGRATION: IntegrationId = 'sandbox:school';

/** The number is small, so that a person can follow each learner. */
const LEARNERS = 16;

const API_KEY = 'sandbox-key';

/** Starts a sandbox with the school that is stored in a directory. Writes nothing before `keep` is called. */
export async function startEmbeddedSchool(directory: string) {
  const school = (await readSchool(directory)) ?? newSchool(Date.now());
  const clock = steppedClock(Date.parse(school.now));
  const failure: PlatformFailure = { from: Infinity, to: Infinity };
  const sandbox = await startSandbox({
    apiKey: API_KEY,
    clock,
    integrations: [
      {
        id: SCHOOL_INTEGRATION,
        records: withFailure(
          livingSchool({
            ...DEFAULT_SCHOOL,
            learners: LEARNERS,
            integration: SCHOOL_INTEGRATION,
            seed: school.seed,
            startsAt: Date.parse(school.startsAt),
          }),
          failure,
        ),
      },
    ],
  });
  return {
    url: sandbox.url,
    apiKey: API_KEY,
    integration: SCHOOL_INTEGRATION,
    now: clock.now,
    /** Only this call advances the time, so the result of a poll does not depend on the poll's duration. */
    pass: clock.advance,
    /** From now on, the platform shows every record as removed. */
    failPlatform(): void {
      failure.from = clock.now();
      failure.to = Infinity;
    },
    /** From now on, every record has the values from before the failure, and is changed now. */
    repairPlatform(): void {
      failure.to = clock.now();
    },
    /** Stores the school's time, so that the next process continues the history. */
    keep: () => keepSchool(directory, { ...school, now: new Date(clock.now()).toISOString() }),
    close: sandbox.close,
  };
}

/** When the platform shows every record as removed, in milliseconds since 1970. `to` is exclusive. */
type PlatformFailure = { from: number; to: number };

function withFailure(source: RecordSource, failure: PlatformFailure): RecordSource {
  return {
    at(now) {
      const view = source.at(now);
      const { from, to } = failure;
      if (now < from) return view;
      const isFailing = now < to;
      const since = isFailing ? from : to;
      const changedAt = (index: number) =>
        view.removed(index) ? view.changedAt(index) : Math.max(view.changedAt(index), since);
      return {
        ...view,
        changedAt,
        removed: (index) => isFailing || view.removed(index),
        record(index) {
          const record = view.record(index);
          if (view.removed(index)) return record;
          return {
            ...record,
            changed_at: new Date(changedAt(index)).toISOString(),
            remote_deleted_at: isFailing ? new Date(from).toISOString() : null,
          };
        },
      };
    },
  };
}

/** The school of a directory: the parameters of its history, and its current time. */
export const KeptSchool = z.object({ seed: z.int(), startsAt: Timestamp, now: Timestamp });
export type KeptSchool = z.infer<typeof KeptSchool>;

/** Returns a school. Its story and the platform's failure after it end `today` (milliseconds since 1970). */
export function newSchool(today: number): KeptSchool {
  const lengthMs = STORY.polls * STORY.pollEveryMs + 2 * STORY.failureMs;
  const startsAt = new Date(today - lengthMs).toISOString();
  return { seed: 1, startsAt, now: startsAt };
}

/**
 * Returns null if no school is stored.
 *
 * @throws DeploymentError when the file cannot be parsed, or the error of the system when it cannot be read
 */
export async function readSchool(directory: string): Promise<KeptSchool | null> {
  const file = fileOf(directory);
  try {
    return KeptSchool.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT') return null;
    if (code === 'ENOTDIR') throw new DeploymentError(`${directory} is not a directory`, { cause });
    if (code !== null) throw cause;
    throw new DeploymentError(
      `the file ${file} is damaged: move the directory away, and start again with a poll`,
      { cause },
    );
  }
}

export async function keepSchool(directory: string, school: KeptSchool): Promise<void> {
  await writePrivateFile(fileOf(directory), `${JSON.stringify(school)}\n`);
}

function fileOf(directory: string): string {
  return join(directory, 'school.json');
}
