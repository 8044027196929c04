import { describe, expect, it } from 'vitest';
import type { Integration } from '../../functions/contract/integration.ts';
import { followKombo, nextStep, type Standing } from '../../functions/core/follow-kombo.ts';
import { world } from '../support/world.ts';

const lms = (state: Standing['state']): Standing => ({ category: 'LMS', state });

function known(state: Integration['state'], pausedBy?: 'kombo'): Integration {
  return {
    id: 'moodle:test',
    state,
    baseline: { mode: 'silent' },
    addedAt: '2026-01-01T00:00:00.000Z',
    ...(pausedBy && { pausedBy }),
  };
}

describe('what an integration becomes after a look at Kombo', () => {
  it.each([
    ['one that is new', null, lms('active'), 'add'],
    ['one of another category', null, { category: 'HRIS', state: 'active' }, 'none'],
    ['one that is gone before it was added', null, { category: null, state: 'gone' }, 'none'],
    ['an active one that is gone', known('active'), { category: null, state: 'gone' }, 'pause'],
    ['an active one that was switched off', known('active'), lms('inactive'), 'pause'],
    ['an active one whose credentials failed: its health tells', known('active'), lms('invalid'), 'none'],
    ['an active one in a state that nobody knows', known('active'), lms('unknown'), 'none'],
    ['a paused one that is back', known('paused', 'kombo'), lms('active'), 'resume'],
    ['a paused one that is still off: a late webhook', known('paused', 'kombo'), lms('inactive'), 'none'],
    ['one that a person paused', known('paused'), lms('active'), 'none'],
    ['one that a person removed', known('removed'), lms('active'), 'none'],
  ] satisfies [string, Integration | null, Standing, string][])('%s', (_, integration, standing, step) => {
    expect(nextStep(integration, standing)).toBe(step);
  });
});

describe('following Kombo', () => {
  const follow = (w: ReturnType<typeof world>, standing: Standing, why: 'created' | 'changed') =>
    followKombo(
      {
        ports: w.ports,
        settings: w.settings,
        readStanding: async () => standing,
        baseline: { mode: 'silent' },
      },
      w.integration.id,
      why,
      'webhook',
    );

  it('adds what was created, once', async () => {
    const w = world();
    expect(await follow(w, lms('active'), 'created')).toMatchObject({
      id: w.integration.id,
      state: 'active',
    });
    const added = await w.store.readIntegration(w.integration.id);
    w.clock.advance(60_000);
    expect(await follow(w, lms('active'), 'created')).toEqual(added);
  });

  it('adds nothing that only changed: not every integration of the customer is ours', async () => {
    expect(await follow(world(), lms('active'), 'changed')).toBeNull();
  });

  it('pauses and brings back, and keeps where it stood', async () => {
    const w = world();
    await w.store.writeIntegration(w.integration);
    await w.poll();
    const before = w.store.place().checkpoint.entry;
    expect(await follow(w, lms('inactive'), 'changed')).toMatchObject({ state: 'paused', pausedBy: 'kombo' });
    const back = await follow(w, lms('active'), 'changed');
    expect(back).toEqual(w.integration);
    expect(w.store.place().checkpoint.entry).toBe(before);
  });

  it('tries again while a poll is at it', async () => {
    const w = world();
    await w.store.writeIntegration(w.integration);
    const lease = { owner: 'a poll', until: new Date(w.clock.read() + 60_000).toISOString() };
    await w.store.takeLease(w.integration.id, lease, new Date(w.clock.read()).toISOString());
    await expect(follow(w, lms('inactive'), 'changed')).rejects.toThrow('is being polled');
    expect(await w.store.readIntegration(w.integration.id)).toMatchObject({ state: 'active' });
  });
});
