import { describe, expect, test } from 'vitest';
import {
  AccessRefusedError,
  DeploymentError,
  IntegrationError,
  TransientError,
  WaitingError,
} from '../../../functions/core/errors.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const notified = (poller: World) => poller.bus.notified.map(({ type }) => type);
const failing = () =>
  new IntegrationError('no permission', {
    code: 'INTEGRATION.PERMISSION_MISSING',
    logUrl: 'https://k.test/1',
  });

async function synced(): Promise<World> {
  const poller = world();
  poller.put(observed({ id: 'a' }), observed({ id: 'b' }));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.bus.notified.length = 0;
  return poller;
}

describe('an integration that fails', () => {
  test('IntegrationFailing is published once when an integration fails several times, and IntegrationRecovered once when it succeeds', async () => {
    const poller = await synced();
    poller.kombo.failures = [failing(), failing(), failing()];
    for (let at = 0; at < 3; at += 1) {
      expect(await poller.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });
      poller.clock.advance(HOUR_MS);
    }
    expect(poller.bus.notified).toMatchObject([
      {
        type: 'IntegrationFailing',
        detail: {
          since: '2026-03-02T09:00:00.000Z',
          failures: 1,
          error: {
            code: 'INTEGRATION.PERMISSION_MISSING',
            message: 'no permission',
            logUrl: 'https://k.test/1',
          },
        },
      },
    ]);

    await poller.poll();
    await poller.poll();
    expect(notified(poller)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    expect(poller.bus.notified[1]?.detail).toMatchObject({ failingSince: '2026-03-02T09:00:00.000Z' });
  });

  test('when the bus does not accept IntegrationFailing, the next poll that fails publishes the event', async () => {
    const poller = await synced();
    poller.kombo.failures = [failing(), failing()];
    poller.bus.tellFailures = [new TransientError('the bus is away')];
    await poller.poll();
    poller.clock.advance(MINUTE_MS);
    await poller.poll();
    expect(poller.bus.notified).toMatchObject([
      { type: 'IntegrationFailing', detail: { since: '2026-03-02T09:00:00.000Z', failures: 2 } },
    ]);
  });

  test('when the bus does not accept IntegrationRecovered, the poll fails, and the next poll publishes the event', async () => {
    const poller = await synced();
    poller.kombo.failures = [failing()];
    await poller.poll();
    poller.bus.tellFailures = [new TransientError('the bus is away')];
    expect(await poller.poll()).toMatchObject({ kind: 'failed' });
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(notified(poller)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
  });

  test('no event is published about a temporary failure that lasts less than one hour', async () => {
    const poller = await synced();
    poller.kombo.failures = [new TransientError('busy'), new TransientError('busy')];
    await poller.poll();
    poller.clock.advance(HOUR_MS - 1);
    await poller.poll();
    await poller.poll();
    expect(poller.bus.notified).toEqual([]);
  });

  test('IntegrationFailing is published when a temporary failure lasts one hour', async () => {
    const poller = await synced();
    poller.kombo.failures = [new TransientError('busy'), new TransientError('busy')];
    await poller.poll();
    poller.clock.advance(HOUR_MS);
    await poller.poll();
    expect(notified(poller)).toEqual(['IntegrationFailing']);
  });

  test.each([
    new WaitingError('first sync pending'),
    new AccessRefusedError('key rejected'),
    new DeploymentError('no permission'),
  ])('IntegrationFailing is not published when a poll fails with the error "%s"', async (error) => {
    const poller = await synced();
    poller.kombo.failures = [error];
    expect(await poller.poll()).toMatchObject({ kind: 'failed', failure: { kind: error.kind } });
    expect(poller.bus.notified).toEqual([]);
    expect(poller.store.place().lease).toBeNull();
  });

  test('when Kombo refuses only one integration, IntegrationFailing is published once, and IntegrationRecovered once after a success', async () => {
    const poller = await synced();
    poller.kombo.failures = Array.from({ length: 3 }, () => new AccessRefusedError('check the key'));
    await poller.poll();
    await poller.poll({ othersLetIn: true });
    await poller.poll({ othersLetIn: true });
    await poller.poll({ othersLetIn: true });
    expect(notified(poller)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    expect(poller.bus.notified[0]?.detail).toMatchObject({
      failures: 2,
      error: { message: 'check the key' },
    });
  });

  test('after a failed run, the checkpoint contains the time at which the last successful run began', async () => {
    const poller = await synced();
    const began = new Date(poller.clock.read()).toISOString();
    poller.kombo.beforePage = () => poller.clock.advance(MINUTE_MS);
    await poller.poll();
    poller.kombo.failures = [failing()];
    await poller.poll();
    expect(poller.store.place().checkpoint.succeededAt).toBe(began);
  });

  test('an unexpected error of a poll is stored as a temporary failure of the integration and thrown', async () => {
    const poller = await synced();
    poller.kombo.failures = [new TypeError('oops')];
    await expect(poller.poll()).rejects.toThrow('oops');
    expect(poller.store.place().checkpoint.health).toMatchObject({
      state: 'failing',
      failure: { kind: 'transient' },
    });
  });
});

describe('a bus that accepts a part of the events', () => {
  const complete = (poller: World) =>
    poller.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'COMPLETED', removedAt: null })));

  test('an event that the bus did not accept is published by the next run, and the accepted events are not published again', async () => {
    const poller = await synced();
    poller.put(observed({ id: 'c', enrolledAt: '2026-03-02T08:30:00.000Z' }));
    await poller.poll();
    poller.bus.published.length = 0;
    complete(poller);
    poller.bus.fails = ({ detail }) => detail.progression.id === 'b';
    expect(await poller.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } });
    expect(poller.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['a', 'c']);

    poller.bus.fails = () => false;
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['a', 'c', 'b']);
    expect(poller.store.place().checkpoint.accepted).toBeNull();
  });

  test('each event is published once when the bus accepts a part of the events in each of two attempts', async () => {
    const poller = await synced();
    complete(poller);
    poller.bus.fails = ({ detail }) => detail.progression.id !== 'a';
    await poller.poll();
    poller.bus.fails = ({ detail }) => detail.progression.id !== 'b';
    await poller.poll();
    poller.bus.fails = () => false;
    await poller.poll();
    expect(poller.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['a', 'b', 'c']);
  });

  test('an event that the bus refuses permanently is set aside once, even if the other events of its entry are sent twice', async () => {
    const poller = await synced();
    complete(poller);
    poller.bus.refusal = ({ detail }) => (detail.progression.id === 'a' ? 'too large' : null);
    poller.bus.fails = ({ detail }) => detail.progression.id === 'b';
    await poller.poll();
    poller.bus.fails = () => false;
    await poller.poll();
    expect(poller.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['c', 'b']);
    expect(poller.store.aside).toHaveLength(1);
  });

  test('when the bus denies access, no event is set aside, and the next poll publishes all events', async () => {
    const poller = await synced();
    complete(poller);
    poller.bus.fails = () => true;
    poller.bus.failure = new DeploymentError('access denied');
    expect(await poller.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'deployment' } });
    expect(poller.store.aside).toEqual([]);
    poller.bus.fails = () => false;
    await poller.poll();
    expect(poller.bus.published).toHaveLength(3);
  });
});
