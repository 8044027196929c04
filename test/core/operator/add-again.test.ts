import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../../functions/contract/integration.ts';
import type { Worker } from '../../../functions/core/journal/worker.ts';
import { addAgain, changeState } from '../../../functions/core/operator/operator-changes.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { observed } from '../../support/observed.ts';
import { DAY_MS, HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

type Status = 'ENROLLED' | 'IN_PROGRESS' | 'COMPLETED' | 'DROPPED';
const STATUSES: Status[] = ['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'];

/** An integration with some records that was synced, and then removed. */
async function removed(ids: string[], baseline: Baseline = { mode: 'silent' }): Promise<World> {
  const it = world(baseline, { surgeFloor: 1000 });
  for (const id of ids) show(it, id, 'ENROLLED');
  await it.store.changeIntegration(it.integration.id, () => it.integration);
  await it.poll();
  await withLease(it.ports, it.settings, it.integration, 'operator', (worker) =>
    changeState(worker, 'removed'),
  );
  it.bus.published.length = 0;
  it.clock.advance(30 * DAY_MS);
  return it;
}

function show(it: World, id: string, status: Status): void {
  const now = new Date(it.clock.read()).toISOString();
  const completedAt = status === 'COMPLETED' ? now : null;
  it.put(observed({ id, status, enrolledAt: now, completedAt, changedAt: now }));
}

async function add(it: World, baseline: Baseline | null): Promise<void> {
  const addedAt = new Date(it.clock.read()).toISOString();
  const added = await withLease(it.ports, it.settings, it.integration, 'operator', (worker) =>
    addAgain(worker, { baseline, addedAt }),
  );
  if (!added.done) throw new Error('nobody else is at work');
  it.integration = added.result;
}

async function addAndPoll(it: World, baseline: Baseline | null): Promise<void> {
  await add(it, baseline);
  await it.poll({ integration: it.integration });
}

const notified = (it: World) =>
  it.bus.published.map(({ type, detail }) => `${type} ${detail.progression.id}`).toSorted();

describe('an integration that was removed and is added again', () => {
  test('goes on at its watermark without a baseline, with the one that it had', async () => {
    const it = await removed(['a', 'b'], { mode: 'publish' });
    show(it, 'a', 'COMPLETED');
    show(it, 'c', 'ENROLLED');

    await addAndPoll(it, null);

    expect(notified(it)).toEqual(['CourseCompleted a', 'LearnerEnrolled c']);
    expect(it.kombo.reads.at(-1)?.updatedAfter).toBe('2026-03-02T07:45:00.000Z');
    expect(it.integration).toMatchObject({ state: 'active', baseline: { mode: 'publish' } });
  });

  test.each([
    [{ mode: 'silent' }, []],
    [{ mode: 'publish' }, ['CourseCompleted a', 'CourseStarted c', 'LearnerEnrolled d']],
    [{ mode: 'since', date: '2026-04-01T12:00:00.000Z' }, ['LearnerEnrolled d']],
  ] satisfies [Baseline, string[]][])(
    'is synced anew with a baseline, which was ignored before: %j',
    async (baseline, expected) => {
      const it = await removed(['a', 'b', 'c']);
      show(it, 'a', 'COMPLETED');
      show(it, 'c', 'IN_PROGRESS');
      it.clock.advance(DAY_MS);
      show(it, 'd', 'ENROLLED');

      await addAndPoll(it, baseline);

      expect(notified(it)).toEqual(expected);
      expect(it.kombo.reads.at(-1)?.updatedAfter).toBeNull();
      expect(it.integration.baseline).toEqual(baseline);
      expect(it.bus.notified.at(-1)).toMatchObject({ type: 'IntegrationBaselined' });
    },
  );

  test('publishes what changes after a silent baseline, and nothing of before it', async () => {
    const changes = fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...STATUSES)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(changes, changes, fc.nat(3), async (meanwhile, later, cuts) => {
        const it = await removed(['p0', 'p1', 'p2']);
        it.kombo.pageSize = 2;
        for (const [number, status] of meanwhile) show(it, `p${number}`, status);

        await add(it, { mode: 'silent' });
        // The baseline goes on over several calls.
        for (let cut = 0; cut < cuts; cut += 1) {
          await it.poll({ integration: it.integration, timeLeft: () => false });
        }
        await it.poll({ integration: it.integration });
        expect(notified(it)).toEqual([]);

        for (const [number, status] of later) {
          it.clock.advance(HOUR_MS);
          const id = `p${number}`;
          const before = it.store.known.get(id)?.state.status ?? null;
          show(it, id, status);
          await it.poll({ integration: it.integration });
          expect(it.store.known.get(id)?.state.status).toBe(status);
          if (status === before) continue;
          expect(it.bus.published.at(-1)?.detail).toMatchObject({
            progression: { id, status },
            previous: before === null ? null : { status: before },
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('publishes what changes while the baseline reads, also when its run begins anew', async () => {
    const it = await removed(['a', 'b', 'c']);
    it.kombo.pageSize = 1;
    show(it, 'a', 'IN_PROGRESS');
    let left = 1;
    await add(it, { mode: 'silent' });
    await it.poll({ timeLeft: () => left-- > 0 });
    expect(it.store.known.get('a')?.state.status).toBe('IN_PROGRESS');
    show(it, 'a', 'COMPLETED');
    const { checkpoint } = it.store.place();
    it.store.putCheckpoint({ ...checkpoint, run: null });

    await it.poll();

    expect(notified(it)).toEqual(['CourseCompleted a']);
  });

  test('ends a hold of before with the baseline', async () => {
    const it = world({ mode: 'silent' }, { surgeFloor: 1, surgeShare: 0 });
    for (const id of ['a', 'b', 'c']) show(it, id, 'COMPLETED');
    await it.store.changeIntegration(it.integration.id, () => it.integration);
    await it.poll();
    it.clock.advance(HOUR_MS);
    for (const id of ['a', 'b', 'c']) show(it, id, 'ENROLLED');
    expect(await it.poll()).toMatchObject({ kind: 'held' });
    await withLease(it.ports, it.settings, it.integration, 'operator', (worker) =>
      changeState(worker, 'removed'),
    );

    await addAndPoll(it, { mode: 'silent' });

    expect(it.store.place().checkpoint.held).toBeNull();
    expect(it.bus.notified.map(({ type }) => type)).toContain('ChangesReleased');
    expect(it.bus.published).toEqual([]);
  });

  test('is still removed when the command is cut off, and begins with a baseline when it is added then', async () => {
    const it = await removed(['a']);
    show(it, 'a', 'COMPLETED');
    const { changeIntegration } = it.store;
    it.store.changeIntegration = async () => {
      throw new Error('cut off');
    };
    await expect(add(it, { mode: 'silent' })).rejects.toThrow('cut off');
    it.store.changeIntegration = changeIntegration;
    expect((await it.store.readIntegration(it.integration.id))?.state).toBe('removed');

    await addAndPoll(it, null);

    expect(notified(it)).toEqual([]);
  });

  test('is active only when the baseline is due, also when the command is cut off then', async () => {
    const it = await removed(['a']);
    show(it, 'a', 'COMPLETED');
    const { releaseLease, saveCheckpoint, changeIntegration } = it.store;
    it.store.changeIntegration = async (...change) => {
      const stored = await changeIntegration(...change);
      it.store.releaseLease = it.store.saveCheckpoint = async () => {
        throw new Error('cut off');
      };
      return stored;
    };
    await expect(add(it, { mode: 'silent' })).rejects.toThrow('cut off');
    Object.assign(it.store, { releaseLease, saveCheckpoint, changeIntegration });
    it.clock.advance(HOUR_MS);

    await it.poll();

    expect((await it.store.readIntegration(it.integration.id))?.state).toBe('active');
    expect(notified(it)).toEqual([]);
  });

  test('is left alone when somebody else has added it meanwhile', async () => {
    const it = await removed(['a']);
    const work = (worker: Worker) =>
      addAgain(worker, { baseline: { mode: 'publish' }, addedAt: '2026-05-01T00:00:00.000Z' });
    await add(it, null);
    const before = it.store.place().checkpoint;

    const again = await withLease(it.ports, it.settings, it.integration, 'operator', work);

    expect(again).toEqual({ done: true, result: it.integration });
    expect(it.store.place().checkpoint).toMatchObject({ watermark: before.watermark, run: null });
  });
});
