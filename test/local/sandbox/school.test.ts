import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, hours } from '../../../local/sandbox/clock.ts';
import type { ProgressionRecord, RecordSource } from '../../../local/sandbox/records.ts';
import { DEFAULT_SCHOOL, livingSchool, type SchoolOptions } from '../../../local/sandbox/school/school.ts';

const startsAt = Date.parse('2026-03-02T08:00:00Z');
const school = (options: Partial<SchoolOptions> = {}): RecordSource =>
  livingSchool({ ...DEFAULT_SCHOOL, integration: 'sandbox:school', startsAt, ...options });

const recordsAt = (source: RecordSource, now: number): ProgressionRecord[] => {
  const view = source.at(now);
  return Array.from({ length: view.size }, (_, place) => view.record(place));
};
const byId = (records: ProgressionRecord[]) => new Map(records.map((record) => [record.id, record]));

test('the records of a simulated school depend only on its options and the time, not on earlier reads', () => {
  const moment = fc.integer({ min: 0, max: 120 }).map((count) => startsAt + count * hours(9));
  fc.assert(
    fc.property(fc.integer(), fc.array(moment, { maxLength: 6 }), moment, (seed, stops, end) => {
      const stopped = school({ seed, learners: 8 });
      for (const stop of stops) stopped.at(stop);
      expect(recordsAt(stopped, end)).toEqual(recordsAt(school({ seed, learners: 8 }), end));
    }),
    { numRuns: 40 },
  );
});

test('two schools with different seeds have different records, and two integrations have no common id', () => {
  const ids = (options: Partial<SchoolOptions>) =>
    new Set(recordsAt(school(options), startsAt).map(({ id }) => id));
  expect(ids({ seed: 2 })).not.toEqual(ids({ seed: 3 }));
  expect(ids({}).isDisjointFrom(ids({ integration: 'sandbox:other' }))).toBe(true);
});

test('the history of a learner in a simulated school does not depend on the number of other learners', () => {
  const few = recordsAt(school({ learners: 5, story: false }), startsAt + days(30));
  const many = byId(recordsAt(school({ learners: 50, story: false }), startsAt + days(30)));
  expect(few.length).toBeGreaterThan(5);
  for (const record of few) expect(many.get(record.id)).toEqual(record);
});

test('the learners of a simulated school have several courses, and each of their records has a different id', () => {
  const records = recordsAt(school({ learners: 200 }), startsAt);
  expect(byId(records).size).toBe(records.length);
  expect(records.length).toBeGreaterThan(400);
  for (const { id } of records) expect(id).toMatch(/^[1-9A-Za-z]{24}$/);
  for (const { user } of records)
    expect(user?.work_email ?? '@example.com').toMatch(/^[a-z.0-9-]+@example\.com$|^@/);
  expect(new Set(records.map(({ course_revision }) => course_revision?.title)).size).toBeGreaterThan(9);
});

describe('the records of a simulated school', () => {
  /**
   * Returns the history of each record over a year. The school is read every six hours, and a history has
   * each version that differs from the one read before.
   */
  const observed = (options: Partial<SchoolOptions> = {}) => {
    const source = school({ learners: 60, story: false, ...options });
    const histories = new Map<string, { now: number; changedAt: number; record: ProgressionRecord }[]>();
    for (let now = startsAt - days(180); now < startsAt + days(180); now += hours(6)) {
      const view = source.at(now);
      for (let place = 0; place < view.size; place += 1) {
        const record = view.record(place);
        const history = histories.get(record.id) ?? [];
        if (JSON.stringify(history.at(-1)?.record) === JSON.stringify(record)) continue;
        history.push({ now, changedAt: view.changedAt(place), record });
        histories.set(record.id, history);
      }
    }
    return [...histories.values()];
  };
  const year = observed();

  test('in a simulated school, `changed_at` changes with each field of a record, but not with names or an erasure', () => {
    const own = ({ user, course_revision, ...fields }: ProgressionRecord) => JSON.stringify(fields);
    for (const history of year) {
      for (const [index, { now, changedAt, record }] of history.entries()) {
        expect(changedAt).toBeLessThanOrEqual(now);
        const before = history[index - 1];
        if (before === undefined) continue;
        if (record.user === null || own(record) === own(before.record)) {
          expect(changedAt).toBe(before.changedAt);
        } else {
          expect(changedAt).toBeGreaterThan(before.changedAt);
          expect(record.changed_at).toBe(new Date(changedAt).toISOString());
        }
      }
    }
  });

  test('14 days after its removal, a record of a simulated school is erased and has only its id', () => {
    const erased = year.flatMap((history) => {
      const last = history.at(-1);
      const removed = history.at(-2)?.record.remote_deleted_at;
      return last?.record.user === null && removed ? [{ ...last, removed: Date.parse(removed) }] : [];
    });
    expect(erased.length).toBeGreaterThan(10);
    for (const {
      record: { id, ...fields },
      now,
      removed,
    } of erased) {
      expect(id).toHaveLength(24);
      expect(new Set(Object.values(fields))).toEqual(new Set([null]));
      expect(now - removed).toBeGreaterThanOrEqual(days(14));
      expect(now - removed).toBeLessThan(days(14) + hours(6));
    }
  });

  test('a record of a simulated school has a completion date only while it is completed, and the date is never in the future', () => {
    for (const { now, record } of year.flat()) {
      expect(record.completed_at !== null).toBe(record.status === 'COMPLETED');
      if (record.completed_at === null) continue;
      expect(Date.parse(record.completed_at)).toBeLessThanOrEqual(now);
    }
  });

  test('a simulated school has changes of records in which only `changed_at` changes', () => {
    const withoutChangedAt = ({ changed_at, ...rest }: ProgressionRecord) => JSON.stringify(rest);
    const touches = year.flatMap((history) =>
      history.filter(({ record }, index) => {
        const before = history[index - 1];
        return before !== undefined && withoutChangedAt(before.record) === withoutChangedAt(record);
      }),
    );
    expect(touches.length).toBeGreaterThan(10);
  });
});
