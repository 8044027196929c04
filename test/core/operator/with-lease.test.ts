import { describe, expect, test } from 'vitest';
import { LeaseLostError } from '../../../functions/core/errors.ts';
import { save } from '../../../functions/core/journal/worker.ts';
import { changeState } from '../../../functions/core/operator/operator-changes.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

async function synced(): Promise<World> {
  const it = world();
  it.put(observed({ id: 'a' }));
  await it.store.changeIntegration(it.integration.id, () => it.integration);
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.store.calls.length = 0;
  return it;
}
const pause = (it: World) =>
  withLease(it.ports, it.settings, it.integration, 'operator', (worker) => changeState(worker, 'paused'));

describe('an operator’s work', () => {
  test('is done as the only worker, and gives the lease back', async () => {
    const it = await synced();
    expect(await pause(it)).toEqual({ done: true, result: { ...it.integration, state: 'paused' } });
    expect(it.store.calls).toEqual(['takeLease', 'changeIntegration', 'releaseLease']);
    expect(it.store.place().lease).toBeNull();
    expect((await it.store.readIntegration(it.integration.id))?.state).toBe('paused');
  });

  test('waits while a poll is at it', async () => {
    const it = await synced();
    const poll = await it.pollWithFault({ at: 2, kind: 'frozen', tookEffect: false });
    expect(await pause(it)).toMatchObject({ done: false });
    await poll.thaw();
    expect(await pause(it)).toMatchObject({ done: true });
  });

  test('first finishes what a killed poll left behind', async () => {
    const it = await synced();
    it.put(observed({ id: 'a', status: 'COMPLETED' }));
    const { calls } = await it.pollWithFault({ at: 4, kind: 'killed', tookEffect: true });
    expect(calls.at(-1)).toBe('appendEntry');
    it.clock.advance(HOUR_MS);
    await pause(it);
    expect(it.types()).toEqual(['CourseCompleted']);
    expect(it.store.calls.indexOf('changeIntegration')).toBeGreaterThan(it.store.calls.indexOf('applyEntry'));
  });

  test('that fails is thrown, and the next worker looks after what it may have left', async () => {
    const it = await synced();
    const broken = withLease(it.ports, it.settings, it.integration, 'operator', async () => {
      throw new Error('no');
    });
    await expect(broken).rejects.toThrow('no');
    expect(it.store.place().lease).not.toBeNull();
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
  });

  test('that stood still until another took over ends without another write', async () => {
    const it = await synced();
    const overtaken = withLease(it.ports, it.settings, it.integration, 'operator', async (worker) => {
      it.clock.advance(HOUR_MS);
      await it.poll();
      it.store.calls.length = 0;
      await save(worker, worker.checkpoint);
    });
    await expect(overtaken).rejects.toThrow(LeaseLostError);
    expect(it.store.calls).toEqual([]);
  });

  test('never lets the journal’s numbers start over', async () => {
    const it = await synced();
    const { entry } = it.store.place().checkpoint;
    await withLease(it.ports, it.settings, it.integration, 'operator', (worker) =>
      changeState(worker, 'removed'),
    );
    it.put(observed({ id: 'b', enrolledAt: '2026-03-02T08:50:00.000Z' }));
    await it.poll();
    expect(it.bus.published.map(({ detail }) => detail.journal?.entry)).toEqual([entry + 1]);
  });
});
