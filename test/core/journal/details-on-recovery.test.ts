import { expect, test } from 'vitest';
import { IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { CANARY, observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

/** A deployment that includes details, whose worker died between the append of an entry and its events. */
async function cutOff(): Promise<World> {
  for (let at = 1; ; at += 1) {
    const it = world({ mode: 'silent' }, { learnerDetails: 'include' });
    await it.poll();
    it.clock.advance(HOUR_MS);
    it.put(observed());
    const { calls } = await it.pollWithFault({ at, kind: 'killed', tookEffect: true });
    it.clock.advance(HOUR_MS);
    if (calls.at(-1)?.endsWith('appendEntry')) return it;
  }
}

test('recovery asks Kombo for the details that the dead worker had in hand', async () => {
  const it = await cutOff();
  await it.poll();
  expect(it.bus.published.at(-1)?.detail.learner).toMatchObject({ lastName: CANARY });
});

test('recovery publishes without details when Kombo no longer knows the integration', async () => {
  const it = await cutOff();
  it.kombo.readByIds = async () => {
    throw new IntegrationError('Kombo answered PLATFORM.INTEGRATION_NOT_FOUND');
  };
  await it.poll();
  expect(it.bus.published.at(-1)?.detail.learner).toMatchObject({ firstName: null, lastName: null });
});

test('recovery waits for details that Kombo cannot give at the moment', async () => {
  const it = await cutOff();
  it.kombo.readByIds = async () => {
    throw new TransientError('Kombo answered 503');
  };
  expect(await it.poll()).toMatchObject({ kind: 'failed' });
  expect(it.bus.published).toEqual([]);
});
