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

const notified = (it: World) => it.bus.notified.map(({ type }) => type);
const failing = () =>
  new IntegrationError('no permission', {
    code: 'INTEGRATION.PERMISSION_MISSING',
    logUrl: 'https://k.test/1',
  });

async function synced(): Promise<World> {
  const it = world();
  it.put(observed({ id: 'a' }), observed({ id: 'b' }));
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.bus.notified.length = 0;
  return it;
}

describe('an integration that fails', () => {
  test('is told once, with code and log page, and its recovery once', async () => {
    const it = await synced();
    it.kombo.failures = [failing(), failing(), failing()];
    for (let at = 0; at < 3; at += 1) {
      expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });
      it.clock.advance(HOUR_MS);
    }
    expect(it.bus.notified).toMatchObject([
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

    await it.poll();
    await it.poll();
    expect(notified(it)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    expect(it.bus.notified[1]?.detail).toMatchObject({ failingSince: '2026-03-02T09:00:00.000Z' });
  });

  test('is told by the next failure when the bus did not take it, of the same episode', async () => {
    const it = await synced();
    it.kombo.failures = [failing(), failing()];
    it.bus.tellFailures = [new TransientError('the bus is away')];
    await it.poll();
    it.clock.advance(MINUTE_MS);
    await it.poll();
    expect(it.bus.notified).toMatchObject([
      { type: 'IntegrationFailing', detail: { since: '2026-03-02T09:00:00.000Z', failures: 2 } },
    ]);
  });

  test('has recovered only when that was told', async () => {
    const it = await synced();
    it.kombo.failures = [failing()];
    await it.poll();
    it.bus.tellFailures = [new TransientError('the bus is away')];
    expect(await it.poll()).toMatchObject({ kind: 'failed' });
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(notified(it)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
  });

  test('for a moment is not told at all', async () => {
    const it = await synced();
    it.kombo.failures = [new TransientError('busy'), new TransientError('busy')];
    await it.poll();
    it.clock.advance(HOUR_MS - 1);
    await it.poll();
    await it.poll();
    expect(it.bus.notified).toEqual([]);
  });

  test('for an hour is told', async () => {
    const it = await synced();
    it.kombo.failures = [new TransientError('busy'), new TransientError('busy')];
    await it.poll();
    it.clock.advance(HOUR_MS);
    await it.poll();
    expect(notified(it)).toEqual(['IntegrationFailing']);
  });

  test.each([
    new WaitingError('first sync pending'),
    new AccessRefusedError('key rejected'),
    new DeploymentError('no permission'),
  ])('because of %s is not told as the integration’s failure', async (error) => {
    const it = await synced();
    it.kombo.failures = [error];
    expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: error.kind } });
    expect(it.bus.notified).toEqual([]);
    expect(it.store.place().lease).toBeNull();
  });

  test('because Kombo refuses it alone is told once, and its recovery once', async () => {
    const it = await synced();
    it.kombo.failures = Array.from({ length: 3 }, () => new AccessRefusedError('check the key'));
    await it.poll();
    await it.poll({ othersLetIn: true });
    await it.poll({ othersLetIn: true });
    await it.poll({ othersLetIn: true });
    expect(notified(it)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    expect(it.bus.notified[0]?.detail).toMatchObject({ failures: 2, error: { message: 'check the key' } });
  });

  test('remembers when its last run that went well began', async () => {
    const it = await synced();
    const began = new Date(it.clock.read()).toISOString();
    it.kombo.beforePage = () => it.clock.advance(MINUTE_MS);
    await it.poll();
    it.kombo.failures = [failing()];
    await it.poll();
    expect(it.store.place().checkpoint.succeededAt).toBe(began);
  });

  test('in an unexpected way is noted and thrown', async () => {
    const it = await synced();
    it.kombo.failures = [new TypeError('oops')];
    await expect(it.poll()).rejects.toThrow('oops');
    expect(it.store.place().checkpoint.health).toMatchObject({
      state: 'failing',
      failure: { kind: 'transient' },
    });
  });
});

describe('a bus that takes a part', () => {
  const complete = (it: World) =>
    it.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'COMPLETED', removedAt: null })));

  test('gets the rest from the next run, and nothing twice', async () => {
    const it = await synced();
    it.put(observed({ id: 'c', enrolledAt: '2026-03-02T08:30:00.000Z' }));
    await it.poll();
    it.bus.published.length = 0;
    complete(it);
    it.bus.fails = ({ detail }) => detail.progression.id === 'b';
    expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } });
    expect(it.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['a', 'c']);

    it.bus.fails = () => false;
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['a', 'c', 'b']);
    expect(it.store.place().checkpoint.accepted).toBeNull();
  });

  test('and a part again gets each event once', async () => {
    const it = await synced();
    complete(it);
    it.bus.fails = ({ detail }) => detail.progression.id !== 'a';
    await it.poll();
    it.bus.fails = ({ detail }) => detail.progression.id !== 'b';
    await it.poll();
    it.bus.fails = () => false;
    await it.poll();
    expect(it.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['a', 'b', 'c']);
  });

  test('and refuses a part sets that aside once', async () => {
    const it = await synced();
    complete(it);
    it.bus.refusal = ({ detail }) => (detail.progression.id === 'a' ? 'too large' : null);
    it.bus.fails = ({ detail }) => detail.progression.id === 'b';
    await it.poll();
    it.bus.fails = () => false;
    await it.poll();
    expect(it.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['c', 'b']);
    expect(it.store.aside).toHaveLength(1);
  });

  test('and then denies access sets nothing aside', async () => {
    const it = await synced();
    complete(it);
    it.bus.fails = () => true;
    it.bus.failure = new DeploymentError('access denied');
    expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'deployment' } });
    expect(it.store.aside).toEqual([]);
    it.bus.fails = () => false;
    await it.poll();
    expect(it.bus.published).toHaveLength(3);
  });
});
