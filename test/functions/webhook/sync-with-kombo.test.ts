import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/contract/integration.ts';
import { withState } from '../../../functions/core/operator/operator-changes.ts';
import {
  isOurs,
  type KomboIntegrationStatus,
  syncWithKombo,
  withKomboStatus,
} from '../../../functions/core/operator/sync-with-kombo.ts';
import { world } from '../../support/world.ts';

const lms = (state: KomboIntegrationStatus['state']): KomboIntegrationStatus => ({ category: 'LMS', state });

function known(state: Integration['state'], pausedBy?: 'kombo'): Integration {
  return {
    id: 'moodle:test',
    state,
    baseline: { mode: 'silent' },
    addedAt: '2026-01-01T00:00:00.000Z',
    ...(pausedBy && { pausedBy }),
  };
}

describe('the state of an integration after a status check at Kombo', () => {
  it.each([
    ['one that is new', lms('active'), true],
    ['one that is new and whose credentials failed', lms('invalid'), true],
    ['one of another category', { category: 'HRIS', state: 'active' }, false],
    ['one that is gone before it was added', { category: null, state: 'gone' }, false],
  ] satisfies [string, KomboIntegrationStatus, boolean][])('%s', (_, standing, added) => {
    expect(isOurs(standing)).toBe(added);
  });

  it.each([
    [
      'an active one that is gone',
      known('active'),
      { category: null, state: 'gone' },
      known('paused', 'kombo'),
    ],
    ['an active one that was switched off', known('active'), lms('inactive'), known('paused', 'kombo')],
    ['an active one whose credentials failed', known('active'), lms('invalid'), known('active')],
    ['an active one in a state that nobody knows', known('active'), lms('unknown'), known('active')],
    ['a paused one that is back', known('paused', 'kombo'), lms('active'), known('active')],
    ['a paused one that is still off', known('paused', 'kombo'), lms('inactive'), known('paused', 'kombo')],
    ['one that a person paused', known('paused'), lms('active'), known('paused')],
    ['one that a person removed', known('removed'), lms('active'), known('removed')],
  ] satisfies [string, Integration, KomboIntegrationStatus, Integration][])(
    '%s',
    (_, before, standing, after) => {
      expect(withKomboStatus(before, standing)).toEqual(after);
    },
  );
});

describe('syncing with Kombo', () => {
  const follow = (
    w: ReturnType<typeof world>,
    standing: KomboIntegrationStatus,
    why: 'created' | 'changed',
  ) =>
    syncWithKombo(
      {
        ports: w.ports,
        settings: w.settings,
        readKomboStatus: async () => standing,
        baseline: { mode: 'silent' },
      },
      w.integration.id,
      why,
      'webhook',
    );

  it('syncing adds a created integration once', async () => {
    const w = world();
    expect(await follow(w, lms('active'), 'created')).toMatchObject({
      id: w.integration.id,
      state: 'active',
    });
    const added = await w.store.readIntegration(w.integration.id);
    w.clock.advance(60_000);
    expect(await follow(w, lms('active'), 'created')).toEqual(added);
  });

  it('syncing does not add an integration that only changed', async () => {
    expect(await follow(world(), lms('active'), 'changed')).toBeNull();
  });

  it('syncing pauses and resumes an integration and keeps its watermark', async () => {
    const w = world();
    await w.store.changeIntegration(w.integration.id, () => w.integration);
    await w.poll();
    const before = w.store.place().checkpoint.entry;
    expect(await follow(w, lms('inactive'), 'changed')).toMatchObject({ state: 'paused', pausedBy: 'kombo' });
    const back = await follow(w, lms('active'), 'changed');
    expect(back).toEqual(w.integration);
    expect(w.store.place().checkpoint.entry).toBe(before);
  });

  it('syncing is retried while a poll holds the lease', async () => {
    const w = world();
    await w.store.changeIntegration(w.integration.id, () => w.integration);
    const lease = { owner: 'a poll', until: new Date(w.clock.read() + 60_000).toISOString() };
    await w.store.takeLease(w.integration.id, lease, new Date(w.clock.read()).toISOString());
    await expect(follow(w, lms('inactive'), 'changed')).rejects.toThrow('is being polled');
    expect(await w.store.readIntegration(w.integration.id)).toMatchObject({ state: 'active' });
  });

  it('syncing never undoes a simultaneous decision of a person', async () => {
    const states = fc.constantFrom<KomboIntegrationStatus['state']>(
      'active',
      'invalid',
      'inactive',
      'gone',
      'unknown',
    );
    const settings = fc.constantFrom(
      known('active'),
      known('paused'),
      known('paused', 'kombo'),
      known('removed'),
    );
    const decision = fc.constantFrom<'paused' | 'removed'>('paused', 'removed');
    const following = fc.asyncProperty(
      settings,
      states,
      decision,
      fc.integer({ min: 1, max: 6 }),
      async (stored, state, decided, at) => {
        const w = world();
        await w.store.changeIntegration(stored.id, () => stored);
        let calls = 0;
        const decide = async () => {
          calls += 1;
          if (calls !== at) return;
          await w.store.changeIntegration(stored.id, (before) => before && withState(before, decided));
        };
        const decidingBefore =
          <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
          async (...args: Args): Promise<Result> => {
            await decide();
            return call(...args);
          };
        const store = {
          ...w.store,
          readIntegration: decidingBefore(w.store.readIntegration),
          takeLease: decidingBefore(w.store.takeLease),
          changeIntegration: decidingBefore(w.store.changeIntegration),
          releaseLease: decidingBefore(w.store.releaseLease),
        };

        const readKomboStatus = decidingBefore(async () => lms(state));
        const parts = { settings: w.settings, readKomboStatus, baseline: stored.baseline };
        await syncWithKombo({ ports: { ...w.ports, store }, ...parts }, stored.id, 'changed', 'webhook');
        if (calls < at) return;

        const expected = withState(stored, decided);
        expect(await w.store.readIntegration(stored.id)).toEqual(expected);
      },
    );
    await fc.assert(following);
  });

  it("syncing ends with Kombo's latest status, in whatever order two webhooks are processed", async () => {
    const w = world();
    await w.store.changeIntegration(w.integration.id, () => w.integration);
    const parts = { ports: w.ports, settings: w.settings, baseline: w.integration.baseline };
    const late = syncWithKombo(
      {
        ...parts,
        // Kombo activates it again, and the message of this webhook is processed before the response arrives.
        async readKomboStatus() {
          const second = follow(w, lms('active'), 'changed');
          await expect(second).rejects.toThrow('is being polled');
          return lms('inactive');
        },
      },
      w.integration.id,
      'changed',
      'first webhook',
    );
    expect(await late).toMatchObject({ state: 'paused' });
    // The queue delivers the second message again.
    expect(await follow(w, lms('active'), 'changed')).toEqual(w.integration);
  });
});
