import { steppedClock } from '../../local/sandbox/clock.ts';
import type { ProgressionRecord } from '../../local/sandbox/records.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { type FixedRecords, fixedRecords } from '../support/fixed-records.ts';
import { someRecord } from '../support/some-record.ts';
import { rehearsal } from './rehearsal-settings.ts';

const HOUR_MS = 60 * 60 * 1000;
const PROGRESSIONS = 30;

/**
 * A school in a sandbox, for the rehearsal. It changes only when the rehearsal calls these functions. Each
 * change is dated one hour after the change before it.
 */
export type RehearsedSchool = {
  url: string;
  /** Changes the progressions with these numbers. The first number is 0. */
  change(numbers: number[], change: Partial<ProgressionRecord>): void;
  complete(...numbers: number[]): void;
  /**
   * Completes a progression with a time before the last polls, so that incremental polls do not see the
   * change.
   */
  completeUnseen(number: number): void;
  /** Makes a record invalid, so that it does not match the schema. */
  break(number: number): void;
  close(): Promise<void>;
};

export const idOf = (number: number) => `progression-${number}`;
export const learnerOf = (number: number) => `user-${number}`;
/** Returns `count` consecutive numbers that begin with `first`. */
export const from = (first: number, count: number) => Array.from({ length: count }, (_, at) => first + at);

export async function startRehearsedSchool(): Promise<RehearsedSchool> {
  const clock = steppedClock(Date.now() - 2 * 24 * HOUR_MS);
  const records = fixedRecords(from(0, PROGRESSIONS).map(recordOf));
  const sandbox = await startRehearsalSandbox(clock, records);
  const kept = new Map(from(0, PROGRESSIONS).map((number) => [number, recordOf(number)]));
  const put = (number: number, change: Partial<ProgressionRecord>, notedAt?: number) => {
    const record = { ...(kept.get(number) ?? recordOf(number)), ...change };
    kept.set(number, record);
    records.put(record, notedAt);
  };
  const passAnHour = () => {
    clock.advance(HOUR_MS);
    return new Date(clock.now()).toISOString();
  };
  const change: RehearsedSchool['change'] = (numbers, what) => {
    const at = passAnHour();
    for (const number of numbers) put(number, { ...what, changed_at: at });
  };
  return {
    url: sandbox.url,
    change,
    complete: (...numbers) =>
      change(numbers, { status: 'COMPLETED', completed_at: new Date(clock.now()).toISOString() }),
    completeUnseen(number) {
      const long = new Date(clock.now() - 24 * HOUR_MS).toISOString();
      passAnHour();
      put(number, { status: 'COMPLETED', completed_at: long, changed_at: long });
    },
    break: (number) => put(number, { changed_at: 'soon' }, Date.parse(passAnHour())),
    close: () => sandbox.close(),
  };
}

function startRehearsalSandbox(
  clock: ReturnType<typeof steppedClock>,
  records: FixedRecords,
): Promise<Sandbox> {
  return startSandbox({
    apiKey: rehearsal.komboKey,
    clock,
    integrations: [{ id: rehearsal.integration, records }],
  });
}

function recordOf(number: number): ProgressionRecord & { id: string } {
  return {
    ...someRecord,
    id: idOf(number),
    user_id: learnerOf(number),
    user: {
      id: learnerOf(number),
      remote_id: `u-${number}`,
      first_name: 'Ada',
      last_name: 'Byron',
      work_email: 'ada@example.com',
    },
  };
}
