import { describe, expect, test } from 'vitest';
import { underLease } from '../../../cli/deployment/on-deployment.ts';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import { LeaseLostError } from '../../../functions/core/errors.ts';
import { save } from '../../../functions/core/journal/worker.ts';
import { changeState } from '../../../functions/core/operator/operator-changes.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

async function synced(): Promise<World> {
  const poller = world();
  poller.put(observed({ id: 'a' }));
  await poller.store.changeIntegration(poller.integration.id, () => poller.integration);
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.store.calls.length = 0;
  return poller;
}
const pause = (poller: World) =>
  withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
    changeState(worker, 'paused'),
  );

describe("an operator's command", () => {
  test("an operator's command acquires the lease, does its work and releases the lease", async () => {
    const poller = await synced();
    expect(await pause(poller)).toEqual({
      done: true,
      result: { ...poller.integration, state: 'paused' },
      again: false,
    });
    expect(poller.store.calls).toEqual(['takeLease', 'changeIntegration', 'releaseLease']);
    expect(poller.store.place().lease).toBeNull();
    expect((await poller.store.readIntegration(poller.integration.id))?.state).toBe('paused');
  });

  test("when a poll is requested while an operator's command holds the lease, the command sends a poll message", async () => {
    const poller = await synced();
    const sent: PollMessage[] = [];
    const queue = { send: async (messages: PollMessage[]) => void sent.push(...messages) };
    const work = (isPolled: boolean) =>
      underLease({ ...poller, queue }, poller.integration, async () => isPolled && poller.poll());
    await work(false);
    expect(sent).toEqual([]);
    expect(await work(true)).toMatchObject({ kind: 'busy' });
    expect(sent).toEqual([{ integration: poller.integration.id }]);
  });

  test("an operator's command is refused while a poll holds the lease", async () => {
    const poller = await synced();
    const poll = await poller.pollWithFault({ at: 2, kind: 'frozen', tookEffect: false });
    expect(await pause(poller)).toMatchObject({ done: false });
    await poll.thaw();
    expect(await pause(poller)).toMatchObject({ done: true });
  });

  test("an operator's command first publishes the entry that a killed poll has appended", async () => {
    const poller = await synced();
    poller.put(observed({ id: 'a', status: 'COMPLETED' }));
    const { calls } = await poller.pollWithFault({ at: 4, kind: 'killed', tookEffect: true });
    expect(calls.at(-1)).toBe('appendEntry');
    poller.clock.advance(HOUR_MS);
    await pause(poller);
    expect(poller.types()).toEqual(['CourseCompleted']);
    expect(poller.store.calls.indexOf('changeIntegration')).toBeGreaterThan(
      poller.store.calls.indexOf('applyEntry'),
    );
  });

  test("when an operator's command fails, its error is thrown, its lease is not released, and the next poll succeeds", async () => {
    const poller = await synced();
    const broken = withLease(poller.ports, poller.settings, poller.integration, 'operator', async () => {
      throw new Error('no');
    });
    await expect(broken).rejects.toThrow('no');
    expect(poller.store.place().lease).not.toBeNull();
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
  });

  test("an operator's command that was frozen beyond its lease fails and writes nothing after a poll has acquired the lease", async () => {
    const poller = await synced();
    const overtaken = withLease(
      poller.ports,
      poller.settings,
      poller.integration,
      'operator',
      async (worker) => {
        poller.clock.advance(HOUR_MS);
        await poller.poll();
        poller.store.calls.length = 0;
        await save(worker, worker.checkpoint);
      },
    );
    await expect(overtaken).rejects.toThrow(LeaseLostError);
    expect(poller.store.calls).toEqual([]);
  });

  test('the numbers of journal entries do not restart when an integration is removed', async () => {
    const poller = await synced();
    const { entry } = poller.store.place().checkpoint;
    await withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
      changeState(worker, 'removed'),
    );
    poller.put(observed({ id: 'b', enrolledAt: '2026-03-02T08:50:00.000Z' }));
    await poller.poll();
    expect(poller.bus.published.map(({ detail }) => detail.journal?.entry)).toEqual([entry + 1]);
  });
});
