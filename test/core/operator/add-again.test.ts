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

/** Creates an integration that was synced with some records and then removed. */
async function removed(ids: string[], baseline: Baseline = { mode: 'silent' }): Promise<World> {
  const poller = world(baseline, { surgeFloor: 1000 });
  for (const id of ids) show(poller, id, 'ENROLLED');
  await poller.store.changeIntegration(poller.integration.id, () => poller.integration);
  await poller.poll();
  await withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
    changeState(worker, 'removed'),
  );
  poller.bus.published.length = 0;
  poller.clock.advance(30 * DAY_MS);
  return poller;
}

function show(poller: World, id: string, status: Status): void {
  const now = new Date(poller.clock.read()).toISOString();
  const completedAt = status === 'COMPLETED' ? now : null;
  poller.put(observed({ id, status, enrolledAt: now, completedAt, changedAt: now }));
}

async function add(poller: World, baseline: Baseline | null): Promise<void> {
  const addedAt = new Date(poller.clock.read()).toISOString();
  const added = await withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
    addAgain(worker, { baseline, addedAt }),
  );
  if (!added.done) throw new Error('nobody else is at work');
  poller.integration = added.result;
}

async function addAndPoll(poller: World, baseline: Baseline | null): Promise<void> {
  await add(poller, baseline);
  await poller.poll({ integration: poller.integration });
}

const notified = (poller: World) =>
  poller.bus.published.map(({ type, detail }) => `${type} ${detail.progression.id}`).toSorted();

describe('a removed integration that is added again', () => {
  test('adding an integration again without the baseline option keeps its watermark and its earlier baseline setting', async () => {
    const poller = await removed(['a', 'b'], { mode: 'publish' });
    show(poller, 'a', 'COMPLETED');
    show(poller, 'c', 'ENROLLED');

    await addAndPoll(poller, null);

    expect(notified(poller)).toEqual(['CourseCompleted a', 'LearnerEnrolled c']);
    expect(poller.kombo.reads.at(-1)?.updatedAfter).toBe('2026-03-02T07:45:00.000Z');
    expect(poller.integration).toMatchObject({ state: 'active', baseline: { mode: 'publish' } });
  });

  test.each([
    [{ mode: 'silent' }, []],
    [{ mode: 'publish' }, ['CourseCompleted a', 'CourseStarted c', 'LearnerEnrolled d']],
    [{ mode: 'since', date: '2026-04-01T12:00:00.000Z' }, ['LearnerEnrolled d']],
  ] satisfies [Baseline, string[]][])(
    'an integration that is added again with the baseline %j reads all records and publishes what this baseline allows',
    async (baseline, expected) => {
      const poller = await removed(['a', 'b', 'c']);
      show(poller, 'a', 'COMPLETED');
      show(poller, 'c', 'IN_PROGRESS');
      poller.clock.advance(DAY_MS);
      show(poller, 'd', 'ENROLLED');

      await addAndPoll(poller, baseline);

      expect(notified(poller)).toEqual(expected);
      expect(poller.kombo.reads.at(-1)?.updatedAfter).toBeNull();
      expect(poller.integration.baseline).toEqual(baseline);
      expect(poller.bus.notified.at(-1)).toMatchObject({ type: 'IntegrationBaselined' });
    },
  );

  test('after an integration is added again with a silent baseline, only changes after the baseline are published', async () => {
    const changes = fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...STATUSES)), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(changes, changes, fc.nat(3), async (meanwhile, later, cuts) => {
        const poller = await removed(['p0', 'p1', 'p2']);
        poller.kombo.pageSize = 2;
        for (const [number, status] of meanwhile) show(poller, `p${number}`, status);

        await add(poller, { mode: 'silent' });
        // Each of these calls has time for one page of the baseline.
        for (let cut = 0; cut < cuts; cut += 1) {
          await poller.poll({ integration: poller.integration, timeLeft: () => false });
        }
        await poller.poll({ integration: poller.integration });
        expect(notified(poller)).toEqual([]);

        for (const [number, status] of later) {
          poller.clock.advance(HOUR_MS);
          const id = `p${number}`;
          const before = poller.store.known.get(id)?.state.status ?? null;
          show(poller, id, status);
          await poller.poll({ integration: poller.integration });
          expect(poller.store.known.get(id)?.state.status).toBe(status);
          if (status === before) continue;
          expect(poller.bus.published.at(-1)?.detail).toMatchObject({
            progression: { id, status },
            previous: before === null ? null : { status: before },
          });
        }
      }),
      { numRuns: 200 },
    );
  });

  test('when the silent baseline after adding an integration again restarts, changes of records that it has already stored are published', async () => {
    const poller = await removed(['a', 'b', 'c']);
    poller.kombo.pageSize = 1;
    show(poller, 'a', 'IN_PROGRESS');
    let left = 1;
    await add(poller, { mode: 'silent' });
    await poller.poll({ timeLeft: () => left-- > 0 });
    expect(poller.store.known.get('a')?.state.status).toBe('IN_PROGRESS');
    show(poller, 'a', 'COMPLETED');
    const { checkpoint } = poller.store.place();
    poller.store.putCheckpoint({ ...checkpoint, run: null });

    await poller.poll();

    expect(notified(poller)).toEqual(['CourseCompleted a']);
  });

  test('each time that an integration is added again with a baseline, IntegrationBaselined has another id, even if no record was read', async () => {
    const poller = await removed([]);
    await addAndPoll(poller, { mode: 'silent' });
    await withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
      changeState(worker, 'removed'),
    );
    poller.clock.advance(DAY_MS);
    await addAndPoll(poller, { mode: 'silent' });
    expect(new Set(poller.bus.notified.map(({ detail }) => detail.id)).size).toBe(3);
  });

  test('when an integration was removed during a hold and is added again, its baseline ends the hold', async () => {
    const poller = world({ mode: 'silent' }, { surgeFloor: 1, surgeShare: 0 });
    for (const id of ['a', 'b', 'c']) show(poller, id, 'COMPLETED');
    await poller.store.changeIntegration(poller.integration.id, () => poller.integration);
    await poller.poll();
    poller.clock.advance(HOUR_MS);
    for (const id of ['a', 'b', 'c']) show(poller, id, 'ENROLLED');
    expect(await poller.poll()).toMatchObject({ kind: 'held' });
    await withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
      changeState(worker, 'removed'),
    );

    await addAndPoll(poller, { mode: 'silent' });

    expect(poller.store.place().checkpoint.held).toBeNull();
    expect(poller.bus.notified.map(({ type }) => type)).toContain('ChangesReleased');
    expect(poller.bus.published).toEqual([]);
  });

  test('when adding an integration again with a baseline fails, a second attempt without a baseline runs the baseline of the first attempt', async () => {
    const poller = await removed(['a']);
    show(poller, 'a', 'COMPLETED');
    const { changeIntegration } = poller.store;
    poller.store.changeIntegration = async () => {
      throw new Error('cut off');
    };
    await expect(add(poller, { mode: 'silent' })).rejects.toThrow('cut off');
    poller.store.changeIntegration = changeIntegration;
    expect((await poller.store.readIntegration(poller.integration.id))?.state).toBe('removed');

    await addAndPoll(poller, null);

    expect(notified(poller)).toEqual([]);
  });

  test('when adding an integration again with a baseline fails after the integration became active, the next poll runs the baseline', async () => {
    const poller = await removed(['a']);
    show(poller, 'a', 'COMPLETED');
    const { releaseLease, saveCheckpoint, changeIntegration } = poller.store;
    poller.store.changeIntegration = async (...change) => {
      const stored = await changeIntegration(...change);
      poller.store.releaseLease = poller.store.saveCheckpoint = async () => {
        throw new Error('cut off');
      };
      return stored;
    };
    await expect(add(poller, { mode: 'silent' })).rejects.toThrow('cut off');
    Object.assign(poller.store, { releaseLease, saveCheckpoint, changeIntegration });
    poller.clock.advance(HOUR_MS);

    await poller.poll();

    expect((await poller.store.readIntegration(poller.integration.id))?.state).toBe('active');
    expect(notified(poller)).toEqual([]);
  });

  test('adding an integration again changes nothing when another person has added the integration in the meantime', async () => {
    const poller = await removed(['a']);
    const work = (worker: Worker) =>
      addAgain(worker, { baseline: { mode: 'publish' }, addedAt: '2026-05-01T00:00:00.000Z' });
    await add(poller, null);
    const before = poller.store.place().checkpoint;

    const again = await withLease(poller.ports, poller.settings, poller.integration, 'operator', work);

    expect(again).toEqual({ done: true, result: poller.integration, again: false });
    expect(poller.store.place().checkpoint).toMatchObject({ watermark: before.watermark, run: null });
  });
});
