import { expect, test } from 'vitest';
import { findEvents, followEvents, type Search } from '../../cli/runs/find-events.ts';
import { BEGINNING } from '../../functions/core/replay/event-history.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { polledWorld } from '../support/replay-world.ts';

test('after the events that are already shown, `events --follow` shows each later event once', async () => {
  const at = await polledWorld(5);
  const search: Search = {
    integration: at.integration.id,
    last: 5,
    selection: { range: { from: BEGINNING, to: null }, filter: ANY_EVENT },
    progressions: null,
    note: null,
  };
  const before = await Array.fromAsync(findEvents(at.store, [search], 'earliest-first'));
  const stop = new AbortController();
  const followed: number[] = [];

  for (const minutes of [1, 2]) {
    at.happen({ progression: minutes, status: 'DROPPED', course: 0, minutes });
    await at.poll();
  }
  for await (const { detail } of followEvents(at.store, [search], { stop: stop.signal, everyMs: 0 })) {
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
