import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { terminalText } from '../../../cli/terminal/terminal-text.ts';
import { overviewText, statusText } from '../../../cli/views/status-text.ts';
import type { Integration } from '../../../functions/contract/integration.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { withState } from '../../../functions/core/operator/operator-changes.ts';
import { statusOf } from '../../../functions/core/operator/status.ts';
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

describe('the settings of an integration after a status check at Kombo', () => {
  it.each([
    ['adds a new LMS integration', lms('active'), true],
    ['adds a new LMS integration whose credentials failed', lms('invalid'), true],
    ['does not add an integration of another category', { category: 'HRIS', state: 'active' }, false],
    ['does not add an LMS integration that is switched off in Kombo', lms('inactive'), false],
    ['does not add an LMS integration in an unknown state', lms('unknown'), false],
    ['does not add an integration that Kombo no longer has', { category: null, state: 'gone' }, false],
  ] satisfies [string, KomboIntegrationStatus, boolean][])(
    'the check of an integration at Kombo that a webhook causes %s',
    (_, standing, added) => {
      expect(isOurs(standing)).toBe(added);
    },
  );

  it.each([
    [
      'pauses an active integration that Kombo no longer has',
      known('active'),
      { category: null, state: 'gone' },
      known('paused', 'kombo'),
    ],
    [
      'pauses an active integration that was switched off in Kombo',
      known('active'),
      lms('inactive'),
      known('paused', 'kombo'),
    ],
    [
      'does not change an active integration whose credentials failed',
      known('active'),
      lms('invalid'),
      known('active'),
    ],
    [
      'does not change an active integration in a state that Schoolbell does not know',
      known('active'),
      lms('unknown'),
      known('active'),
    ],
    [
      'resumes an integration that an earlier status check paused, when it is active at Kombo again',
      known('paused', 'kombo'),
      lms('active'),
      known('active'),
    ],
    [
      'does not resume an integration that an earlier status check paused, while it is switched off in Kombo',
      known('paused', 'kombo'),
      lms('inactive'),
      known('paused', 'kombo'),
    ],
    ['does not change an integration that a person paused', known('paused'), lms('active'), known('paused')],
    [
      'does not change an integration that a person removed',
      known('removed'),
      lms('active'),
      known('removed'),
    ],
  ] satisfies [string, Integration, KomboIntegrationStatus, Integration][])(
    'the check of an integration at Kombo that a webhook causes %s',
    (_, before, standing, after) => {
      expect(withKomboStatus(before, standing)).toEqual(after);
    },
  );
});

describe('the status check of an integration', () => {
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

  it('the check at Kombo after a webhook about a created integration adds the integration once', async () => {
    const w = world();
    expect(await follow(w, lms('active'), 'created')).toMatchObject({
      id: w.integration.id,
      state: 'active',
    });
    const added = await w.store.readIntegration(w.integration.id);
    w.clock.advance(60_000);
    expect(await follow(w, lms('active'), 'created')).toEqual(added);
  });

  it('the check at Kombo after a webhook about a changed integration does not add an unknown integration', async () => {
    expect(await follow(world(), lms('active'), 'changed')).toBeNull();
  });

  it('the check at Kombo after a webhook pauses and resumes an integration without adding a journal entry', async () => {
    const w = world();
    await w.store.changeIntegration(w.integration.id, () => w.integration);
    await w.poll();
    const before = w.store.place().checkpoint.entry;
    expect(await follow(w, lms('inactive'), 'changed')).toMatchObject({ state: 'paused', pausedBy: 'kombo' });
    const back = await follow(w, lms('active'), 'changed');
    expect(back).toEqual(w.integration);
    expect(w.store.place().checkpoint.entry).toBe(before);
  });

  it.each([
    ['gone', 'the API key belongs to another environment'],
    ['inactive', 'is switched off in Kombo'],
  ] as const)(
    'when the check at Kombo pauses an integration that is %s, `IntegrationFailing` is published and the status shows the reason, until a poll succeeds',
    async (state, reason) => {
      const w = world();
      await w.store.changeIntegration(w.integration.id, () => w.integration);
      await w.poll();
      w.bus.notified.length = 0;

      await follow(w, lms(state), 'changed');
      await follow(w, lms(state), 'changed');

      expect(w.bus.notified).toMatchObject([
        { type: 'IntegrationFailing', detail: { error: { message: expect.stringContaining(reason) } } },
      ]);
      const { checkpoint, lease } = w.store.place();
      const facts = { checkpoint, lease, setAside: 0, firstEntry: null, nextEntry: null, events: null };
      const status = statusOf({ integration: known('paused', 'kombo'), ...facts }, w.clock.read());
      const shown = [statusText(status), overviewText([status], w.clock.read(), Number.POSITIVE_INFINITY)];
      for (const text of shown.map(terminalText)) {
        expect(text).toContain(reason);
        expect(text).not.toContain('next try');
      }

      await follow(w, lms('active'), 'changed');
      await w.poll();
      expect(w.bus.notified.map(({ type }) => type)).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    },
  );

  it('when any call of a check that pauses an integration fails, the queue delivers the message again, and `IntegrationFailing` has one id', async () => {
    for (let failing = 1; failing <= 7; failing += 1) {
      const w = world();
      await w.store.changeIntegration(w.integration.id, () => w.integration);
      let calls = 0;
      const failingAfter =
        <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
        async (...args: Args): Promise<Result> => {
          const result = await call(...args);
          calls += 1;
          if (calls === failing) throw new TransientError('no response');
          return result;
        };
      const { readIntegration, takeLease, saveCheckpoint, changeIntegration, releaseLease } = w.store;
      const store = {
        ...w.store,
        readIntegration: failingAfter(readIntegration),
        takeLease: failingAfter(takeLease),
        saveCheckpoint: failingAfter(saveCheckpoint),
        changeIntegration: failingAfter(changeIntegration),
        releaseLease: failingAfter(releaseLease),
      };
      const ports = { ...w.ports, store, publisher: { ...w.bus, notify: failingAfter(w.bus.notify) } };
      const readKomboStatus = async () => lms('gone');
      const parts = { ports, settings: w.settings, readKomboStatus, baseline: w.integration.baseline };
      const once = () => syncWithKombo(parts, w.integration.id, 'changed', `webhook ${calls}`);
      await once().catch(() => w.clock.advance(w.settings.leaseMs + 1));
      await once();
      expect(await w.store.readIntegration(w.integration.id)).toMatchObject({ state: 'paused' });
      const ids = w.bus.notified.map(({ type, detail }) => `${type} ${detail.id}`);
      expect(new Set(ids).size, `call ${failing}: ${ids}`).toBe(1);
    }
  });

  it('the check at Kombo after a webhook changes nothing while a poll holds the lease, and returns the end of the lease', async () => {
    const w = world();
    await w.store.changeIntegration(w.integration.id, () => w.integration);
    const lease = { owner: 'a poll', until: new Date(w.clock.read() + 60_000).toISOString() };
    await w.store.takeLease(w.integration.id, lease, new Date(w.clock.read()).toISOString());
    expect(await follow(w, lms('inactive'), 'changed')).toEqual({ busyUntil: lease.until });
    expect(await w.store.readIntegration(w.integration.id)).toMatchObject({ state: 'active' });
  });

  it('the check at Kombo after a webhook never undoes the decision to pause or remove that a person makes at the same time', async () => {
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

  it("when the messages of two webhooks are processed out of order, the integration ends in Kombo's latest status", async () => {
    const w = world();
    await w.store.changeIntegration(w.integration.id, () => w.integration);
    const parts = { ports: w.ports, settings: w.settings, baseline: w.integration.baseline };
    const late = syncWithKombo(
      {
        ...parts,
        // Kombo has activated the integration again. The message about this is processed before Kombo
        // responds to the status check of the first message.
        async readKomboStatus() {
          expect(await follow(w, lms('active'), 'changed')).toHaveProperty('busyUntil');
          return lms('inactive');
        },
      },
      w.integration.id,
      'changed',
      'first webhook',
    );
    expect(await late).toMatchObject({ state: 'paused' });
    // The second message is sent again.
    expect(await follow(w, lms('active'), 'changed')).toEqual(w.integration);
  });
});
