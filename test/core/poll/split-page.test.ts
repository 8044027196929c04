import { expect, test } from 'vitest';
import { brokenPromises } from '../../support/broken-promises.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = ['a', 'b', 'c', 'd'];

/** Two pages on top of a baseline; each page's changes are too large for one entry. */
async function bulky(): Promise<World> {
  const it = world();
  it.kombo.pageSize = 2;
  it.put(...ids.map((id) => observed({ id })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  for (const id of ids) {
    const record = observed({ id, status: 'DROPPED' });
    it.put({ ...record, course: { ...record.course, title: 'x'.repeat(200_000) } });
  }
  return it;
}

test('a page with too much for one entry becomes several', async () => {
  const it = await bulky();
  await it.poll();
  const sizes = [...it.store.journal.values()].slice(2).map(({ changes }) => changes.length);
  expect(sizes).toEqual([1, 1, 1, 1]);
  expect(it.types()).toHaveLength(4);
});

test('a page of several entries is read again after a crash between them', async () => {
  for (let at = 1; ; at += 1) {
    const it = await bulky();
    // With time for one page only, the run goes on from the cursor that the crash left.
    const { calls } = await it.pollWithFault(
      { at, kind: 'killed', tookEffect: true },
      { timeLeft: () => false },
    );
    if (calls.length < at) break;
    it.clock.advance(HOUR_MS);
    const { checkpoint } = it.store.place();
    const isPassed = checkpoint.run?.cursor === 'at-2';
    expect(isPassed && it.store.journal.size < 4, `passed the page early, killed at ${calls.at(-1)}`).toBe(
      false,
    );
    await it.poll();
    expect(
      brokenPromises(
        it,
        it.shown.map(({ observed: record }) => record),
      ),
    ).toEqual([]);
    expect(new Set(it.bus.published.map(({ detail }) => detail.id)).size).toBe(4);
  }
});
