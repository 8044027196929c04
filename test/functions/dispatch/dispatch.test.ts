import { describe, expect, it } from 'vitest';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import type { Fleet } from '../../../functions/core/fleet/fleet.ts';
import { type Checkpoint, newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { dispatchHandler } from '../../../functions/dispatch/handler.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const settings = (id: string) => ({
  id,
  state: 'active' as const,
  baseline: { mode: 'silent' as const },
  addedAt: '2026-03-01T09:30:00.000Z',
});

/**
 * Creates the dispatch function with integrations that were never polled. Records the messages that the
 * function sends, and its reports.
 */
async function dispatcher(ids: string[], parts: { wanted?: string[]; takes?: number } = {}) {
  const { store, clock } = world();
  for (const id of ids) await store.changeIntegration(id, () => settings(id));
  const sent: PollMessage[] = [];
  const reports: { fleet: Fleet; sent: number }[] = [];
  const wiring = {
    ports: { store, clock: clock.read },
    queue: {
      async offer(messages: PollMessage[]) {
        const taken = messages.slice(0, parts.takes ?? messages.length);
        sent.push(...taken);
        const error = taken.length === messages.length ? null : new TransientError('SQS did not take all');
        return { taken: taken.length, error };
      },
    },
    intervalMs: 15 * MINUTE_MS,
    wanted: { ids: parts.wanted ?? [], baseline: { mode: 'silent' as const } },
    report: (fleet: Fleet, count: number) => void reports.push({ fleet, sent: count }),
  };
  return { store, sent, reports, parts: wiring, dispatch: dispatchHandler(wiring) };
}

const idsOf = (messages: PollMessage[]) => messages.map(({ integration }) => integration);

describe('dispatch', () => {
  it('dispatch adds a new integration that the settings list and immediately sends a poll message for it', async () => {
    const { store, sent, dispatch } = await dispatcher(['moodle:a'], { wanted: ['moodle:b', 'moodle:a'] });
    expect(await dispatch()).toEqual({ sent: 2 });
    expect(idsOf(sent)).toEqual(['moodle:a', 'moodle:b']);
    expect(await store.readIntegration('moodle:b')).toMatchObject({ state: 'active' });
  });

  it.each(['paused', 'removed'] as const)(
    'dispatch sends no message for a %s integration, does not count it, and does not add it again',
    async (state) => {
      const { store, sent, reports, dispatch } = await dispatcher(['moodle:a'], { wanted: ['moodle:off'] });
      await store.changeIntegration('moodle:off', () => ({ ...settings('moodle:off'), state }));
      await dispatch();
      expect(idsOf(sent)).toEqual(['moodle:a']);
      expect(reports).toMatchObject([{ fleet: { active: 1, freshness: [{ integration: 'moodle:a' }] } }]);
      expect(await store.readIntegration('moodle:off')).toMatchObject({ state });
    },
  );

  it('when the queue accepts only a part of the messages, dispatch reports the number of sent messages and then fails', async () => {
    const { reports, dispatch } = await dispatcher(['moodle:a', 'moodle:b', 'moodle:c'], { takes: 2 });
    await expect(dispatch()).rejects.toThrow('SQS did not take all');
    expect(reports).toMatchObject([{ sent: 2, fleet: { active: 3 } }]);
  });

  it('when an integration of the settings cannot be added, dispatch sends the messages for the other integrations and then fails', async () => {
    const { store, sent, reports, parts } = await dispatcher(['moodle:a'], {
      wanted: ['moodle:b', 'moodle:c'],
    });
    const failing: typeof store.changeIntegration = async (id, change) => {
      if (id === 'moodle:b') throw new TransientError('DynamoDB did not serve the table');
      return store.changeIntegration(id, change);
    };
    const ports = { ...parts.ports, store: { ...store, changeIntegration: failing } };
    await expect(dispatchHandler({ ...parts, ports })()).rejects.toThrow('DynamoDB did not serve');
    expect(idsOf(sent)).toEqual(['moodle:a', 'moodle:c']);
    expect(reports).toMatchObject([{ sent: 2 }]);
  });

  it('when the stored settings of an integration cannot be read, dispatch reports it and sends messages for the other integrations', async () => {
    const { store, sent, reports, parts } = await dispatcher(['moodle:a'], { wanted: ['moodle:damaged'] });
    const unreadable = [{ id: 'moodle:damaged', reason: 'state is not valid' }];
    const damaged = {
      ...store,
      readIntegrations: async () => ({ ...(await store.readIntegrations()), unreadable }),
    };
    await dispatchHandler({ ...parts, ports: { ...parts.ports, store: damaged } })();
    expect(idsOf(sent)).toEqual(['moodle:a']);
    expect(reports).toMatchObject([{ fleet: { unreadable } }]);
    expect(await store.readIntegration('moodle:damaged')).toBeNull();
  });

  it('while Kombo refuses all integrations, dispatch sends one message per poll interval, each time for another integration', async () => {
    const ids = ['moodle:a', 'moodle:b', 'moodle:c'];
    const { store, sent, reports, parts } = await dispatcher(ids);
    const refused = (id: string, now: number): Checkpoint => ({
      ...newCheckpoint(id),
      succeededAt: id === 'moodle:b' ? new Date(now).toISOString() : null,
      health: {
        state: 'failing',
        since: new Date(now + 1).toISOString(),
        failures: 1,
        failedAt: new Date(now + 1).toISOString(),
        retryAt: new Date(now + 1).toISOString(),
        needsNotice: false,
        notified: false,
        failure: { kind: 'access-refused', code: null, message: 'check the key', logUrl: null },
      },
    });
    let now = parts.ports.clock();
    const checkpoints = new Map(ids.map((id) => [id, refused(id, now)]));
    const ports = { store: { ...store, readCheckpoints: async () => checkpoints }, clock: () => now };
    const dispatch = dispatchHandler({ ...parts, ports });

    for (let turn = 0; turn < 4; turn += 1) {
      now += 15 * MINUTE_MS;
      await dispatch();
      await dispatch();
    }

    // No poll runs in this test, so the checkpoints do not change, and every report counts three stopped
    // integrations.
    expect(idsOf(sent)).toEqual(['moodle:b', 'moodle:a', 'moodle:c', 'moodle:b']);
    expect(reports.map(({ fleet }) => fleet.stopped)).toEqual(Array(8).fill(3));
  });
});
