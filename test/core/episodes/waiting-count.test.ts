import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Course } from '../../../functions/contract/event-parts.ts';
import type { SuspectKind } from '../../../functions/contract/waiting-changes.ts';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import type { Decision } from '../../../functions/core/decide/decide-page.ts';
import { changeSet, fingerprintOf } from '../../../functions/core/episodes/change-set.ts';
import { NOTHING_WAITS, waitingCount } from '../../../functions/core/episodes/waiting-count.ts';
import type { HeldChunk } from '../../../functions/core/state/checkpoint.ts';
import { EMPTY_TALLY } from '../../../functions/core/state/journal-entry.ts';
import { observed } from '../../support/observed.ts';

const NOTHING_COUNTED = { waiting: NOTHING_WAITS, sample: [] };
/**
 * A chunk is full when it has at least `CHUNK_BYTES`. The last change adds less than 500 bytes: a fingerprint
 * of 16 bytes, and the count of a course whose title has at most 100 characters.
 */
const CHUNK_BYTES = 64_000;
const LAST_CHANGE_BYTES = 500;

type Suspected = { id: string; course?: Partial<Course>; kind?: SuspectKind | null; completedAt?: string };

function suspected({ id, course, kind = 'removed', completedAt }: Suspected): Decision {
  const record = observed({ id, ...(completedAt && { completedAt }) });
  const change = decideEvents(null, record, '2026-03-02T08:00:00.000Z');
  if (change === null) throw new Error('a first sight is a change');
  return {
    change: { ...change, course: { ...change.course, ...course } },
    tally: EMPTY_TALLY,
    suspect: kind,
    learnerDetails: record.learnerDetails,
  };
}

async function counted(...all: Suspected[]) {
  const count = await waitingCount(NOTHING_COUNTED, []);
  for (const one of all) count.add(suspected(one));
  return count.read();
}

test('an ordinary change does not increase the count of held changes and creates no chunk to store', async () => {
  const count = await waitingCount(NOTHING_COUNTED, []);
  count.add(suspected({ id: 'ordinary', kind: null }));
  expect(count.read()).toEqual(NOTHING_COUNTED);
  expect(count.take()).toBeNull();
});

describe('a count of held changes', () => {
  const kinds = ['removed', 'dropped', 'corrected', null] as const;
  const some = fc.array(
    fc.record({
      id: fc.nat(60).map((at) => `p${at}`),
      course: fc.nat(15).map((at) => ({ id: at === 0 ? null : `c${at}`, revisionId: null, title: `T${at}` })),
      kind: fc.constantFrom(...kinds),
      completedAt: fc.constantFrom('2026-01-01', '2026-01-02'),
      isStored: fc.boolean(),
    }),
    { size: '+1' },
  );

  test('a count of held changes counts each progression once and stores each change once, however often the count is interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(some, async (all) => {
        const chunks: HeldChunk[] = [];
        let count = await waitingCount(NOTHING_COUNTED, []);
        const store = () => {
          const chunk = count.take();
          if (chunk !== null) chunks.push(chunk);
        };
        for (const { isStored, ...one } of all) {
          count.add(suspected(one));
          if (!isStored) continue;
          store();
          count = await waitingCount(count.read(), structuredClone(chunks));
        }
        store();
        expect(count.take()).toBeNull();

        const suspect = all.filter(({ kind }) => kind !== null);
        const first = suspect.filter((one, at) => suspect.findIndex(({ id }) => id === one.id) === at);
        const { waiting, sample } = count.read();
        expect(waiting.total).toBe(first.length);
        expect(waiting.kinds).toEqual(tallied(first.map(({ kind }) => kind)));
        const courses = waiting.courses.map(({ title, changes }) => [title, changes]);
        expect(Object.fromEntries(courses)).toEqual(tallied(first.map(({ course }) => course.title)));
        expect(waiting.otherCourses).toEqual({ courses: 0, changes: 0 });
        expect(sample).toEqual(first.slice(0, 10).map(({ id }) => id));

        const stored = changeSet();
        for (const { fingerprints } of chunks) stored.addAll(fingerprints);
        expect(suspect.every((one) => stored.has(fingerprintOf(suspected(one).change)))).toBe(true);
        const bytes = chunks.reduce((sum, { fingerprints }) => sum + fingerprints.length, 0);
        expect(bytes).toBe(16 * new Set(suspect.map(({ id, completedAt }) => `${id}/${completedAt}`)).size);
      }),
      { numRuns: 30 },
    );
  });
});

function tallied(keys: (string | null)[]): Record<string, number> {
  return Object.fromEntries(keys.map((key) => [key, keys.filter((other) => other === key).length]));
}

describe('the courses of a count', () => {
  test('the courses in a count of held changes are sorted by their number of changes, then by their id', async () => {
    const three = ['c2', 'c1', 'c3', 'c3'].map((id, at) => ({ id: `p${at}`, course: { id } }));
    const { waiting } = await counted(...three);
    expect(waiting.courses.map(({ id }) => id)).toEqual(['c3', 'c1', 'c2']);
  });

  test('a count of held changes lists at most 20 courses and counts the changes of the other courses together', async () => {
    const all = Array.from({ length: 23 }, (_, at) => String.fromCharCode(97 + at));
    const { waiting } = await counted(...all.map((id) => ({ id, course: { id } })).toReversed());
    expect(waiting.courses.map(({ id }) => id)).toEqual(all.slice(0, 20));
    expect(waiting.otherCourses).toEqual({ courses: 3, changes: 3 });
  });

  test('among the courses with held changes, a course without an id has the id of its course revision, or null if both ids are missing', async () => {
    const { waiting } = await counted(
      { id: 'a', course: { id: null, revisionId: 'r1', title: null } },
      { id: 'b', course: { id: null, revisionId: null, title: null } },
      { id: 'c', course: { id: null, revisionId: null, title: 'shown later' } },
    );
    expect(waiting.courses).toEqual([
      { id: null, title: 'shown later', changes: 2 },
      { id: 'r1', title: null, changes: 1 },
    ]);
  });

  test('a course title in a count of held changes is cut to 100 characters, never within a surrogate pair', async () => {
    const { waiting } = await counted({ id: 'a', course: { title: `${'x'.repeat(99)}\u{1F600} and more` } });
    expect(waiting.courses[0]?.title).toBe(`${'x'.repeat(99)}\uFFFD`);
  });
});

describe('the size of a chunk of held changes', () => {
  const filled = async (courseOf: (at: number) => Partial<Course>) => {
    const count = await waitingCount(NOTHING_COUNTED, []);
    let changes = 0;
    for (; !count.isFull(); changes += 1) {
      count.add(suspected({ id: `p${changes}`, course: courseOf(changes) }));
    }
    const chunk = count.take();
    if (chunk === null) throw new Error('a full chunk is something');
    expect(count.isFull()).toBe(false);
    return { changes, bytes: chunk.fingerprints.length + Buffer.byteLength(JSON.stringify(chunk.courses)) };
  };

  test('a full chunk of held changes contains more than 3,900 fingerprints and is smaller than 65 kB', async () => {
    const { changes, bytes } = await filled(() => ({}));
    expect(changes).toBeGreaterThan(3_900);
    expect(bytes).toBeLessThan(CHUNK_BYTES + LAST_CHANGE_BYTES);
  });

  test('a full chunk of held changes with long course titles contains more than 100 fingerprints and is smaller than 65 kB', async () => {
    const { changes, bytes } = await filled((at) => ({ id: `course-${at}`, title: '学'.repeat(200) }));
    expect(changes).toBeGreaterThan(100);
    expect(bytes).toBeLessThan(CHUNK_BYTES + LAST_CHANGE_BYTES);
  });
});
