import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findEvents, followEvents, type Search } from '../../cli/runs/find-events.ts';
import { TransientError } from '../../functions/core/errors.ts';
import type { Store } from '../../functions/core/ports.ts';
import { BEGINNING } from '../../functions/core/replay/event-history.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { polledWorld } from '../support/replay-world.ts';

const searchAfter = (integration: string, last: number): Search => ({
  integration,
  last,
  selection: { range: { from: BEGINNING, to: null }, filter: ANY_EVENT },
  progressions: null,
  note: null,
});

/** Each read from the journal ends with a temporary failure after the next of `entries`. */
function failing(store: Store, entries: number[]): Store {
  return {
    ...store,
    async *readEntries(...args) {
      let left = entries.shift() ?? Number.POSITIVE_INFINITY;
      for await (const entry of store.readEntries(...args)) {
        if (left === 0) throw new TransientError('DynamoDB is throttled');
        left -= 1;
        yield entry;
      }
    },
  };
}

test('after temporary failures at any entry, `events --follow` continues, and shows each event once', async () => {
  const at = await polledWorld(6);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 5 }), async (entries) => {
      const stop = new AbortController();
      const failures: string[] = [];
      const followed: number[] = [];

      const following = {
        stop: stop.signal,
        everyMs: 0,
        onFailure: (text: string) => failures.push(text),
      };
      const store = failing(at.store, [...entries]);
      const events = followEvents(store, [searchAfter(at.integration.id, 0)], following);
      for await (const { detail } of events) {
        followed.push(detail.journal.entry);
        if (followed.length === 6) stop.abort();
      }

      expect(followed).toEqual([1, 2, 3, 4, 5, 6]);
      expect(failures).toEqual(
        entries.map(() => 'DynamoDB is throttled. The command continues, and reads again.'),
      );
    }),
    { numRuns: 50 },
  );
});

test('after the events that are already shown, `events --follow` shows each later event once', async () => {
  const at = await polledWorld(5);
  const search = searchAfter(at.integration.id, 5);
  const before = await Array.fromAsync(findEvents(at.store, [search], 'earliest-first'));
  const stop = new AbortController();
  const following = { stop: stop.signal, everyMs: 0, onFailure: expect.unreachable };
  const followed: number[] = [];

  for (const minutes of [1, 2]) {
    at.happen({ progression: minutes, status: 'DROPPED', course: 0, minutes });
    await at.poll();
  }
  for await (const { detail } of followEvents(at.store, [search], following)) {
    followed.push(detail.journal.entry);
    if (followed.length === 2) {
      at.happen({ progression: 0, status: 'DROPPED', course: 0, minutes: 1 });
      await at.poll();
    }
    if (followed.length === 3) stop.abort();
  }

  expect(before.map(({ detail }) => detail.journal.entry)).toEqual([1, 2, 3, 4, 5]);
  expect(followed).toEqual([6, 7, 8]);
});
