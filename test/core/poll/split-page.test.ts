import { expect, test } from 'vitest';
import { brokenPromises } from '../../support/broken-promises.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = ['a', 'b', 'c', 'd'];

/** Two pages after a baseline. The changes of each page are too large for one entry. */
async function bulky(): Promise<World> {
  const poller = world();
  poller.kombo.pageSize = 2;
  poller.put(...ids.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  for (const id of ids) {
    const record = observed({ id, status: 'DROPPED' });
    poller.put({ ...record, course: { ...record.course, title: 'x'.repeat(200_000) } });
  }
  return poller;
}

test('a page that is too large for one journal entry is stored in several entries', async () => {
  const poller = await bulky();
  await poller.poll();
  const sizes = [...poller.store.journal.values()].slice(2).map(({ changes }) => changes.length);
  expect(sizes).toEqual([1, 1, 1, 1]);
  expect(poller.types()).toHaveLength(4);
});

test('a page is read again after a crash between its journal entries', async () => {
  for (let at = 1; ; at += 1) {
    const poller = await bulky();
    // With time for one page only, the run continues from the cursor that was saved before the crash.
    const { calls } = await poller.pollWithFault(
      { at, kind: 'killed', tookEffect: true },
      { timeLeft: () => false },
    );
    if (calls.length < at) break;
    poller.clock.advance(HOUR_MS);
    const { checkpoint } = poller.store.place();
    const isPassed = checkpoint.run?.cursor === 'at-2';
    expect(
      isPassed && poller.store.journal.size < 4,
      `passed the page early, killed at ${calls.at(-1)}`,
    ).toBe(false);
    await poller.poll();
    expect(
      brokenPromises(
        poller,
        poller.shown.map(({ observed: record }) => record),
      ),
    ).toEqual([]);
    expect(new Set(poller.bus.published.map(({ detail }) => detail.id)).size).toBe(4);
  }
});
