import { expect, test } from 'vitest';
import { brokenPromises } from '../../support/broken-promises.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const DONE = '2026-03-02T08:30:00.000Z';

test('polls of a restored table, into which the later journal entries were copied, publish these entries again under the same ids and then continue', async () => {
  const poller = world();
  const { store, bus, clock } = poller;
  poller.put(observed({ id: 'a' }), observed({ id: 'b' }));
  await poller.poll();
  const backup = structuredClone({ checkpoint: store.place().checkpoint, known: [...store.known] });

  clock.advance(HOUR_MS);
  poller.put(observed({ id: 'b', status: 'IN_PROGRESS' }));
  await poller.poll();
  clock.advance(HOUR_MS);
  poller.put(observed({ id: 'a', status: 'COMPLETED', completedAt: DONE }));
  await poller.poll();
  const before = bus.published.map(({ detail }) => detail.id);
  expect(before).toHaveLength(2);

  // The journal of `store` stays, as if its later entries had been copied.
  store.putCheckpoint(backup.checkpoint);
  store.known.clear();
  for (const [id, progression] of backup.known) store.known.set(id, progression);
  poller.put(observed({ id: 'c', enrolledAt: DONE }));
  for (let polls = 0; polls < 3; polls += 1) {
    await poller.poll();
    clock.advance(HOUR_MS);
  }

  const after = bus.published.slice(before.length).map(({ detail }) => detail.id);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after).toHaveLength(before.length + 1);
  const shown = poller.shown.map(({ observed: record }) => record);
  expect(brokenPromises(poller, shown)).toEqual([]);
});
