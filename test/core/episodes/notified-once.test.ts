import { expect, test } from 'vitest';
import { IntegrationError } from '../../../functions/core/errors.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = Array.from({ length: 40 }, (_, at) => `p${at}`);

async function synced(): Promise<World> {
  const it = world();
  it.put(...ids.map((id) => observed({ id })));
  await it.poll();
  it.bus.notified.length = 0;
  it.clock.advance(HOUR_MS);
  return it;
}

const episodes = {
  ChangesHeld: async () => {
    const it = await synced();
    it.put(...ids.map((id) => observed({ id, removedAt: '2026-03-02T08:30:00.000Z' })));
    return it;
  },
  IntegrationFailing: async () => {
    const it = await synced();
    it.kombo.failures = Array.from({ length: 9 }, () => new IntegrationError('no permission'));
    return it;
  },
  IntegrationRecovered: async () => {
    const it = await synced();
    it.kombo.failures = [new IntegrationError('no permission')];
    await it.poll();
    it.clock.advance(HOUR_MS);
    return it;
  },
  IntegrationBaselined: async () => world(),
};

test.each(Object.entries(episodes))('%s has one id, wherever the process is killed', async (type, begin) => {
  for (const tookEffect of [false, true]) {
    for (let at = 1; ; at += 1) {
      const it = await begin();
      const { calls } = await it.pollWithFault({ at, kind: 'killed', tookEffect });
      if (calls.length < at) break;
      it.clock.advance(HOUR_MS);
      await it.poll();
      const notified = it.bus.notified.filter((event) => event.type === type).map(({ detail }) => detail.id);
      expect(new Set(notified).size, `killed at ${calls.at(-1)}, which took effect: ${tookEffect}`).toBe(1);
    }
  }
});

test('trouble that was told has an end that is told, wherever the process was killed while it told it', async () => {
  for (const tookEffect of [false, true]) {
    for (let at = 1; ; at += 1) {
      const it = await synced();
      it.kombo.failures = [new IntegrationError('no permission')];
      const { calls } = await it.pollWithFault({ at, kind: 'killed', tookEffect });
      if (calls.length < at) break;
      it.kombo.failures = [];
      it.clock.advance(HOUR_MS);
      await it.poll();
      await it.poll();
      const notified = [...new Set(it.bus.notified.map(({ type }) => type))];
      const where = `killed at ${calls.at(-1)}, which took effect: ${tookEffect}`;
      if (notified.length > 0)
        expect(notified, where).toEqual(['IntegrationFailing', 'IntegrationRecovered']);
    }
  }
});

test('a frozen worker that fails after another took over tells nothing', async () => {
  const it = await synced();
  it.kombo.failures = [new IntegrationError('no permission')];
  const frozen = await it.pollWithFault({ at: 2, kind: 'frozen', tookEffect: false });
  it.kombo.failures = [];
  it.clock.advance(HOUR_MS);
  expect(await it.poll()).toMatchObject({ kind: 'ended' });
  const before = it.store.place();
  it.kombo.failures = [new IntegrationError('no permission')];
  await frozen.thaw();
  expect(it.bus.notified).toEqual([]);
  expect(it.store.place()).toEqual(before);
});
