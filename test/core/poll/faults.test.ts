import { describe, expect, test } from 'vitest';
import { brokenPromises } from '../../support/broken-promises.ts';
import type { Fault } from '../../support/faulty-ports.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = ['a', 'b', 'c', 'd', 'e'];
const DONE = '2026-03-02T08:30:00.000Z';

/** Two pages of changes on top of a silent baseline, and a removal, so that Kombo's details are read too. */
async function busy(): Promise<World> {
  const it = world({ mode: 'silent' }, { learnerDetails: 'include' });
  it.kombo.pageSize = 3;
  it.put(...ids.map((id) => observed({ id })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.put(
    observed({ id: 'a', status: 'IN_PROGRESS' }),
    observed({ id: 'b', status: 'COMPLETED', completedAt: DONE }),
    observed({ id: 'c', status: 'COMPLETED', completedAt: DONE, removedAt: DONE }),
    observed({ id: 'd', status: 'DROPPED' }),
    observed({ id: 'f', enrolledAt: DONE }),
  );
  it.kombo.rejected = [{ id: 'bad', reason: 'broken' }];
  return it;
}

const shown = (it: World) => it.shown.map(({ observed: record }) => record);
const EVENTS = 6;

/** Runs the scene once with the fault at each call that a poll makes. */
async function atEveryCall(
  kind: Fault['kind'],
  tookEffect: boolean,
  scene: () => Promise<World>,
  check: (it: World, fault: Fault, end: Awaited<ReturnType<World['pollWithFault']>>) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at += 1) {
    const it = await scene();
    const fault = { at, kind, tookEffect };
    const end = await it.pollWithFault(fault);
    if (end.calls.length < at) return at - 1;
    await check(it, fault, end);
  }
}

const repeats = (it: World) => {
  const seen = it.bus.published.map(({ detail }) => detail.id);
  return seen.length - new Set(seen).size;
};

describe.each([false, true])('a poll that is stopped at any call, which took effect: %s', (tookEffect) => {
  test('because the process is killed, is finished by the next', async () => {
    const calls = await atEveryCall('killed', tookEffect, busy, async (it, fault) => {
      it.clock.advance(HOUR_MS);
      await it.poll();
      expect(brokenPromises(it, shown(it)), `${JSON.stringify(fault)}`).toEqual([]);
      expect(it.bus.published.length - repeats(it)).toBe(EVENTS);
      expect(it.store.aside).toHaveLength(1);
    });
    expect(calls).toBeGreaterThan(15);
  });

  test('because the call fails, is finished by the next at once, which sends nothing twice but what got no answer', async () => {
    await atEveryCall('fails', tookEffect, busy, async (it, fault, { calls }) => {
      await it.poll();
      await it.poll();
      if (it.store.place().lease !== null) it.clock.advance(HOUR_MS);
      await it.poll();
      expect(brokenPromises(it, shown(it)), `${JSON.stringify(fault)}`).toEqual([]);
      expect(it.bus.published.length - repeats(it)).toBe(EVENTS);
      const unanswered = tookEffect && calls[fault.at - 1] === 'publish';
      if (!unanswered) expect(repeats(it), calls[fault.at - 1]).toBe(0);
      expect(it.store.place()).toMatchObject({ lease: null, checkpoint: { health: { state: 'healthy' } } });
    });
  });

  test('because of what nobody expected, is finished by the next', async () => {
    await atEveryCall('surprises', tookEffect, busy, async (it, fault) => {
      it.clock.advance(HOUR_MS);
      await it.poll();
      expect(brokenPromises(it, shown(it)), `${JSON.stringify(fault)}`).toEqual([]);
    });
  });
});

describe.each([false, true])(
  'a worker that is frozen beyond its lease at any call, which took effect: %s',
  (tookEffect) => {
    test('and wakes after another took over, harms nothing and stops', async () => {
      await atEveryCall('frozen', tookEffect, busy, async (it, fault, { thaw }) => {
        it.clock.advance(HOUR_MS);
        // What the frozen worker read is no longer so, and some of it goes back to what it was (A, B, A).
        it.put(
          observed({ id: 'a' }),
          observed({ id: 'b', status: 'DROPPED' }),
          observed({ id: 'g', enrolledAt: DONE }),
        );
        await it.poll();
        const before = it.store.place();

        const outcome = await thaw();

        const why = JSON.stringify({ fault, outcome });
        if (before.lease === null && fault.at > 1) expect(it.store.place(), why).toEqual(before);
        it.clock.advance(HOUR_MS);
        await it.poll();
        await it.poll();
        expect(brokenPromises(it, shown(it)), why).toEqual([]);
      });
    });

    test('and wakes when everything it read has gone back to what it was, says nothing of it', async () => {
      await atEveryCall('frozen', tookEffect, busy, async (it, fault, { calls, thaw }) => {
        it.clock.advance(HOUR_MS);
        const hasAppended = tookEffect || calls.indexOf('appendEntry') < fault.at - 1;
        const isFact = hasAppended && calls.includes('appendEntry');
        it.put(...ids.map((id) => observed({ id })));
        it.shown.splice(ids.length);
        await it.poll();
        await thaw();
        await it.poll();
        await it.poll();
        const why = JSON.stringify(fault);
        expect(brokenPromises(it, shown(it)), why).toEqual([]);
        if (!isFact) expect(it.bus.published, why).toEqual([]);
      });
    });

    test('and wakes while another is at work, harms nothing', async () => {
      await atEveryCall('frozen', tookEffect, busy, async (it, fault, { thaw }) => {
        it.clock.advance(HOUR_MS);
        it.put(observed({ id: 'a' }), observed({ id: 'd', status: 'COMPLETED', completedAt: DONE }));
        const other = await it.pollWithFault({ at: 4 + (fault.at % 7), kind: 'frozen', tookEffect });
        await thaw();
        await other.thaw();
        it.clock.advance(HOUR_MS);
        await it.poll();
        await it.poll();
        expect(brokenPromises(it, shown(it)), JSON.stringify(fault)).toEqual([]);
      });
    });
  },
);

describe('two workers', () => {
  test('on one integration: the second notes that it is wanted again, and the first says so', async () => {
    const it = await busy();
    const first = await it.pollWithFault({ at: 3, kind: 'frozen', tookEffect: false });
    expect(await it.poll()).toMatchObject({ kind: 'busy' });
    expect(await first.thaw()).toMatchObject({ kind: 'ended', again: true });
    expect(await it.poll()).toMatchObject({ kind: 'ended', again: false });
    expect(brokenPromises(it, shown(it))).toEqual([]);
  });

  test('that follow each other without a crash leave no fence in the journal', async () => {
    const it = await busy();
    await it.poll();
    await it.poll();
    expect([...it.store.journal.values()].filter(({ changes }) => changes.length === 0)).toEqual([]);
  });

  test('of which the second takes over: it finishes and fences before it reads', async () => {
    const it = await busy();
    const calls = it.store.calls;
    const killed = await it.pollWithFault({ at: 7, kind: 'killed', tookEffect: true });
    expect(killed.outcome).toBe('stopped');
    expect(calls.at(-1)).toBe('appendEntry');
    it.clock.advance(HOUR_MS);
    calls.length = 0;
    let before: string[] | null = null;
    it.kombo.beforePage = () => {
      before ??= [...calls];
    };
    await it.poll();
    expect(before).toEqual([
      'takeLease',
      'readEntry',
      'applyEntry',
      'saveCheckpoint',
      'appendEntry',
      'applyEntry',
      'saveCheckpoint',
    ]);
  });
});

test('a worker whose lease ran out stops without a write', async () => {
  const it = await busy();
  let pages = 0;
  it.kombo.beforePage = () => {
    pages += 1;
    if (pages === 1) it.clock.advance(it.settings.leaseMs + 1);
  };
  const { checkpoint } = it.store.place();
  it.store.calls.length = 0;
  expect(await it.poll()).toEqual({ kind: 'superseded' });
  expect(it.store.calls).toEqual(['takeLease', 'readKnown']);
  expect(it.store.place().checkpoint).toEqual(checkpoint);
  expect(it.bus.published).toEqual([]);
});
