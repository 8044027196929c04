import { describe, expect, test } from 'vitest';
import { brokenPromises } from '../../support/broken-promises.ts';
import type { Fault } from '../../support/faulty-ports.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const DONE = '2026-03-02T08:30:00.000Z';

/**
 * Creates an integration with two pages of changes after a silent baseline. One change is a removal, so that
 * the poll also asks Kombo whether the data is expired.
 */
async function busy(): Promise<World> {
  const poller = world({ mode: 'silent' }, { learnerDetails: 'include' });
  poller.kombo.pageSize = 3;
  poller.put(...ids.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.put(
    observed({ id: 'a', status: 'IN_PROGRESS' }),
    observed({ id: 'b', status: 'COMPLETED', completedAt: DONE }),
    observed({ id: 'c', status: 'COMPLETED', completedAt: DONE, removedAt: DONE }),
    observed({ id: 'd', status: 'DROPPED' }),
    observed({ id: 'f', enrolledAt: DONE }),
  );
  poller.kombo.rejected = [{ id: 'bad', reason: 'broken' }];
  return poller;
}

const shown = (poller: World) => poller.shown.map(({ observed: record }) => record);
const EVENTS = 6;

/**
 * Runs polls that each begin with the same `scene`. The first poll has the fault at its first call, the
 * second poll at its second call, and so on for all calls. Returns the number of calls.
 */
async function atEveryCall(
  kind: Fault['kind'],
  tookEffect: boolean,
  scene: () => Promise<World>,
  check: (poller: World, fault: Fault, end: Awaited<ReturnType<World['pollWithFault']>>) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const poller = await scene();
    const fault = { at, kind, tookEffect };
    const end = await poller.pollWithFault(fault);
    if (end.calls.length < at) return at - 1;
    await check(poller, fault, end);
  }
}

const repeats = (poller: World) => {
  const seen = poller.bus.published.map(({ detail }) => detail.id);
  return seen.length - new Set(seen).size;
};

describe.each([false, true])(
  'a poll that is stopped at any call (the call took effect: %s)',
  (tookEffect) => {
    test('a poll that was killed at any of its calls to Kombo, the table or the bus is completed by the next poll', async () => {
      const calls = await atEveryCall('killed', tookEffect, busy, async (poller, fault) => {
        poller.clock.advance(HOUR_MS);
        await poller.poll();
        expect(brokenPromises(poller, shown(poller)), `${JSON.stringify(fault)}`).toEqual([]);
        expect(poller.bus.published.length - repeats(poller)).toBe(EVENTS);
        expect(poller.store.aside).toHaveLength(1);
      });
      expect(calls).toBeGreaterThan(15);
    });

    test('after a failed call stopped a poll, the next poll completes it and repeats only events whose publication got no response', async () => {
      await atEveryCall('fails', tookEffect, busy, async (poller, fault, { calls }) => {
        await poller.poll();
        await poller.poll();
        if (poller.store.place().lease !== null) poller.clock.advance(HOUR_MS);
        await poller.poll();
        expect(brokenPromises(poller, shown(poller)), `${JSON.stringify(fault)}`).toEqual([]);
        expect(poller.bus.published.length - repeats(poller)).toBe(EVENTS);
        const unanswered = tookEffect && calls[fault.at - 1] === 'publish';
        if (!unanswered) expect(repeats(poller), calls[fault.at - 1]).toBe(0);
        expect(poller.store.place()).toMatchObject({
          lease: null,
          checkpoint: { health: { state: 'healthy' } },
        });
      });
    });

    test('a poll that an unexpected error stopped is completed by the next poll', async () => {
      await atEveryCall('surprises', tookEffect, busy, async (poller, fault) => {
        poller.clock.advance(HOUR_MS);
        await poller.poll();
        expect(brokenPromises(poller, shown(poller)), `${JSON.stringify(fault)}`).toEqual([]);
      });
    });
  },
);

describe.each([false, true])(
  'a worker that is frozen beyond its lease at any call (the call took effect: %s)',
  (tookEffect) => {
    test('a worker that was frozen beyond its lease writes nothing when it resumes after another worker has polled', async () => {
      await atEveryCall('frozen', tookEffect, busy, async (poller, fault, { thaw }) => {
        poller.clock.advance(HOUR_MS);
        // These records change after the frozen worker has read them. Record `a` returns to its earlier
        // state.
        poller.put(
          observed({ id: 'a' }),
          observed({ id: 'b', status: 'DROPPED' }),
          observed({ id: 'g', enrolledAt: DONE }),
        );
        await poller.poll();
        const before = poller.store.place();

        const outcome = await thaw();

        const why = JSON.stringify({ fault, outcome });
        if (before.lease === null && fault.at > 1) expect(poller.store.place(), why).toEqual(before);
        poller.clock.advance(HOUR_MS);
        await poller.poll();
        await poller.poll();
        expect(brokenPromises(poller, shown(poller)), why).toEqual([]);
      });
    });

    test('a worker that was frozen beyond its lease before it appended its entry publishes no change that the platform has undone', async () => {
      await atEveryCall('frozen', tookEffect, busy, async (poller, fault, { calls, thaw }) => {
        poller.clock.advance(HOUR_MS);
        const hasAppended = tookEffect || calls.indexOf('appendEntry') < fault.at - 1;
        const isFact = hasAppended && calls.includes('appendEntry');
        poller.put(...ids.map((id) => observed({ id })));
        poller.shown.splice(ids.length);
        await poller.poll();
        await thaw();
        await poller.poll();
        await poller.poll();
        const why = JSON.stringify(fault);
        expect(brokenPromises(poller, shown(poller)), why).toEqual([]);
        if (!isFact) expect(poller.bus.published, why).toEqual([]);
      });
    });

    test('two workers that were frozen one after the other beyond their leases break no promise when they resume', async () => {
      await atEveryCall('frozen', tookEffect, busy, async (poller, fault, { thaw }) => {
        poller.clock.advance(HOUR_MS);
        poller.put(observed({ id: 'a' }), observed({ id: 'd', status: 'COMPLETED', completedAt: DONE }));
        const other = await poller.pollWithFault({ at: 4 + (fault.at % 7), kind: 'frozen', tookEffect });
        await thaw();
        await other.thaw();
        poller.clock.advance(HOUR_MS);
        await poller.poll();
        await poller.poll();
        expect(brokenPromises(poller, shown(poller)), JSON.stringify(fault)).toEqual([]);
      });
    });
  },
);

describe('two workers on one integration', () => {
  test('while a worker polls an integration, a second worker ends at once, and the first then reports that a further poll is needed', async () => {
    const poller = await busy();
    const first = await poller.pollWithFault({ at: 3, kind: 'frozen', tookEffect: false });
    expect(await poller.poll()).toMatchObject({ kind: 'busy' });
    expect(await first.thaw()).toMatchObject({ kind: 'ended', again: true });
    expect(await poller.poll()).toMatchObject({ kind: 'ended', again: false });
    expect(brokenPromises(poller, shown(poller))).toEqual([]);
  });

  test('no fence is appended when the previous worker released its lease', async () => {
    const poller = await busy();
    await poller.poll();
    await poller.poll();
    expect([...poller.store.journal.values()].filter(({ changes }) => changes.length === 0)).toEqual([]);
  });

  test('a worker that acquires an expired lease recovers the unfinished entry and appends a fence before it reads a page', async () => {
    const poller = await busy();
    const calls = poller.store.calls;
    const killed = await poller.pollWithFault({ at: 7, kind: 'killed', tookEffect: true });
    expect(killed.outcome).toBe('stopped');
    expect(calls.at(-1)).toBe('appendEntry');
    poller.clock.advance(HOUR_MS);
    calls.length = 0;
    let before: string[] | null = null;
    poller.kombo.beforePage = () => {
      before ??= [...calls];
    };
    await poller.poll();
    expect(before).toEqual([
      'takeLease',
      'readEntry',
      'applyEntry',
      'readEntry',
      'appendEntry',
      'applyEntry',
      'saveCheckpoint',
    ]);
  });
});

test('a worker whose lease expires while it reads a page stops and writes nothing', async () => {
  const poller = await busy();
  let pages = 0;
  poller.kombo.beforePage = () => {
    pages += 1;
    if (pages === 1) poller.clock.advance(poller.settings.leaseMs + 1);
  };
  const { checkpoint } = poller.store.place();
  poller.store.calls.length = 0;
  expect(await poller.poll()).toEqual({ kind: 'superseded' });
  expect(poller.store.calls).toEqual(['takeLease', 'readKnown']);
  expect(poller.store.place().checkpoint).toEqual(checkpoint);
  expect(poller.bus.published).toEqual([]);
});
