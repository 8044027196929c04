import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Store } from '../../../functions/core/ports.ts';
import {
  BEGINNING,
  lastEntry,
  readEvents,
  readEventsOf,
} from '../../../functions/core/replay/event-history.ts';
import { CLOCKS_MS } from '../../../functions/core/replay/journal-range.ts';
import { ANY_EVENT } from '../../../functions/core/replay/selection.ts';
import { polledWorld, type ReplayWorld, replayWorld } from '../../support/replay-world.ts';

const WHOLE = { range: { from: BEGINNING, to: null }, filter: ANY_EVENT };

/** Returns the store, and a list to which the store adds the number of each entry that it reads. */
function counted({ store }: ReplayWorld): { store: Store; read: number[] } {
  const read: number[] = [];
  return {
    read,
    store: {
      ...store,
      readEntry: async (id, number) => {
        read.push(number);
        return store.readEntry(id, number);
      },
      async *readEntries(...request) {
        for await (const entry of store.readEntries(...request)) {
          read.push(entry.number);
          yield entry;
        }
      },
    },
  };
}

const idsOf = async (events: AsyncIterable<{ detail: { id: string } }>) =>
  (await Array.fromAsync(events)).map(({ detail }) => detail.id);

test('the events of a time range are found by reading the entries of this range and few other entries', async () => {
  const at = await polledWorld(200);
  const { store, read } = counted(at);
  const [first, last] = [at.store.journal.get(150), at.store.journal.get(160)];
  const range = { from: first?.detectedAt ?? '', to: last?.detectedAt ?? '' };

  const events = await Array.fromAsync(
    readEvents(store, at.integration.id, { ...WHOLE, range }, { first: 1, last: 200 }, 'earliest-first'),
  );

  expect(events.map(({ detail }) => detail.journal.entry)).toEqual([
    150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
  ]);
  // A binary search finds each end of the range. Entries shortly before and after the range are read as well,
  // because the clocks of workers may differ.
  const searches = 2 * Math.ceil(Math.log2(200)) + 2;
  const inRange = [...at.store.journal.values()].filter(
    ({ detectedAt }) =>
      Date.parse(detectedAt) >= Date.parse(range.from) - CLOCKS_MS &&
      Date.parse(detectedAt) < Date.parse(range.to) + CLOCKS_MS,
  );
  expect(inRange.length).toBeLessThan(80);
  expect(read.length).toBeLessThanOrEqual(searches + inRange.length);
});

test("the journal's events can be read latest first, and no further entry is read when the caller stops", async () => {
  const at = await polledWorld(200);
  const { store, read } = counted(at);

  const events = readEvents(store, at.integration.id, WHOLE, { first: 1, last: 200 }, 'latest-first');
  const { value } = await events.next();
  await events.return();

  expect(value?.detail.journal).toEqual({ entry: 200, index: 0 });
  expect(read).toEqual([200]);
  expect(
    (
      await idsOf(readEvents(store, at.integration.id, WHOLE, { first: 1, last: 200 }, 'latest-first'))
    ).toReversed(),
  ).toEqual(
    await idsOf(readEvents(store, at.integration.id, WHOLE, { first: 1, last: 200 }, 'earliest-first')),
  );
});

test('the events of given progressions are found by reading only the entries that contain these progressions', async () => {
  const happenings = fc.array(
    fc.record({
      progressions: fc.subarray([0, 1, 2], { minLength: 1 }),
      status: fc.constantFrom('ENROLLED' as const, 'COMPLETED' as const),
      /** Whether the page also has a second version of the record of the first progression. */
      isTwice: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  );
  const ids = fc.subarray(['p0', 'p1', 'p2'], { minLength: 1 });
  const types = fc.constantFrom(ANY_EVENT.types, ['CourseCompleted' as const]);
  await fc.assert(
    fc.asyncProperty(happenings, ids, types, async (list, progressions, wanted) => {
      const at = replayWorld();
      for (const { progressions: changed, status, isTwice } of list) {
        for (const progression of changed) at.happen({ progression, status, course: 0, minutes: 1 });
        const [first] = at.shown;
        if (isTwice && first !== undefined) {
          const state = { ...first.observed.state, status: 'DROPPED' as const };
          at.shown.push({ ...first, observed: { ...first.observed, state } });
        }
        await at.poll();
        if (isTwice) at.shown.pop();
      }
      const { store, read } = counted(at);
      const last = at.store.journal.size;
      const selection = { ...WHOLE, filter: { ...ANY_EVENT, types: wanted } };

      const followed = await idsOf(readEventsOf(store, at.integration.id, progressions, selection, last));

      const filter = { ...selection.filter, progressions };
      const all = await idsOf(
        readEvents(at.store, at.integration.id, { ...WHOLE, filter }, { first: 1, last }, 'latest-first'),
      );
      expect(followed).toEqual(all);
      const theirs = [...at.store.journal.values()].filter(({ changes }) =>
        changes.some(({ state }) => progressions.includes(state.id)),
      );
      expect(read).toEqual(theirs.map(({ number }) => number).toReversed());
    }),
    { numRuns: 30 },
  );
});

test("the list of a progression's events goes back, from the latest event, to the oldest journal entry that is still stored", async () => {
  const at = await polledWorld(30);
  const own = [...at.store.journal.values()].filter(({ changes }) => changes[0]?.state.id === 'p0');
  const removed = own.at(4)?.number ?? 0;
  for (const number of at.store.journal.keys()) if (number <= removed) at.store.journal.delete(number);

  const followed = await Array.fromAsync(
    readEventsOf(at.store, at.integration.id, ['p0', 'unknown'], WHOLE, 30),
  );

  expect(followed.map(({ detail }) => detail.journal.entry)).toEqual(
    own
      .map(({ number }) => number)
      .filter((number) => number > removed)
      .toReversed(),
  );
});

test("the list of a progression's events begins with the last entry in the checkpoint, since a later one may not be published yet", async () => {
  const at = await polledWorld(9);
  const { checkpoint } = at.store.place();
  at.store.putCheckpoint({ ...checkpoint, entry: 8 });
  const last = await lastEntry(at.store, at.integration.id);

  const followed = await Array.fromAsync(
    readEventsOf(at.store, at.integration.id, ['p0', 'p1', 'p2'], WHOLE, last),
  );

  expect(last).toBe(8);
  expect(followed[0]?.detail.journal.entry).toBe(8);
});
