import { expect, test } from 'vitest';
import { IntegrationError } from '../../../functions/core/errors.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = Array.from({ length: 40 }, (_, at) => `p${at}`);

async function synced(): Promise<World> {
  const poller = world();
  poller.put(...ids.map((id) => observed({ id })));
  await poller.poll();
  poller.bus.notified.length = 0;
  poller.clock.advance(HOUR_MS);
  return poller;
}

const episodes = {
  ChangesHeld: async () => {
    const poller = await synced();
    poller.put(...ids.map((id) => observed({ id, removedAt: '2026-03-02T08:30:00.000Z' })));
    return poller;
  },
  IntegrationFailing: async () => {
    const poller = await synced();
    poller.kombo.failures = Array.from({ length: 9 }, () => new IntegrationError('no permission'));
    return poller;
  },
  IntegrationRecovered: async () => {
    const poller = await synced();
    poller.kombo.failures = [new IntegrationError('no permission')];
    await poller.poll();
    poller.clock.advance(HOUR_MS);
    return poller;
  },
  IntegrationBaselined: async () => world(),
};

test.each(Object.entries(episodes))(
  'when a poll is killed at any call and the next poll continues, the event %s is published with one id only',
  async (type, begin) => {
    for (const tookEffect of [false, true]) {
      for (let at = 1; ; at += 1) {
        const poller = await begin();
        const { calls } = await poller.pollWithFault({ at, kind: 'killed', tookEffect });
        if (calls.length < at) break;
        poller.clock.advance(HOUR_MS);
        await poller.poll();
        const notified = poller.bus.notified
          .filter((event) => event.type === type)
          .map(({ detail }) => detail.id);
        expect(new Set(notified).size, `killed at ${calls.at(-1)}, which took effect: ${tookEffect}`).toBe(1);
      }
    }
  },
);

test('when a failing poll is killed at any call, IntegrationRecovered is later published if and only if IntegrationFailing was', async () => {
  for (const tookEffect of [false, true]) {
    for (let at = 1; ; at += 1) {
      const poller = await synced();
      poller.kombo.failures = [new IntegrationError('no permission')];
      const { calls } = await poller.pollWithFault({ at, kind: 'killed', tookEffect });
      if (calls.length < at) break;
      poller.kombo.failures = [];
      poller.clock.advance(HOUR_MS);
      await poller.poll();
      await poller.poll();
      const notified = [...new Set(poller.bus.notified.map(({ type }) => type))];
      const where = `killed at ${calls.at(-1)}, which took effect: ${tookEffect}`;
      if (notified.length > 0)
        expect(notified, where).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    }
  }
});

test('a frozen poll that resumes and fails after another poll has succeeded publishes and stores nothing', async () => {
  const poller = await synced();
  poller.kombo.failures = [new IntegrationError('no permission')];
  const frozen = await poller.pollWithFault({ at: 2, kind: 'frozen', tookEffect: false });
  poller.kombo.failures = [];
  poller.clock.advance(HOUR_MS);
  expect(await poller.poll()).toMatchObject({ kind: 'ended' });
  const before = poller.store.place();
  poller.kombo.failures = [new IntegrationError('no permission')];
  await frozen.thaw();
  expect(poller.bus.notified).toEqual([]);
  expect(poller.store.place()).toEqual(before);
});
