import { expect, test } from 'vitest';
import { brokenPromises } from '../../support/broken-promises.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const ids = ['a', 'b', 'c', 'd'];

/** Creates two pages of changes after a baseline. The changes of each page are too large for one entry. */
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

test('the changes of a page that are too large for one journal entry are stored in several entries', async () => {
  const poller = await bulky();
  await poller.poll();
  const sizes = [...poller.store.journal.values()].slice(2).map(({ changes }) => changes.length);
  expect(sizes).toEqual([1, 1, 1, 1]);
  expect(poller.types()).toHaveLength(4);
});

test('when a page with two changes of a record is stored in several entries, the second change refers to the entry of the first', async () => {
  const poller = world();
  poller.kombo.pageSize = 3;
  poller.put(observed({ id: 'a' }), observed({ id: 'b' }));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  const { kombo } = poller;
  const large = (id: string, status: 'DROPPED' | 'COMPLETED') => {
    const record = observed({ id, status });
    return { ...record, course: { ...record.course, title: 'x'.repeat(200_000) } };
  };
  poller.put(large('a', 'DROPPED'), large('b', 'COMPLETED'));
  const readPage = kombo.readPage.bind(kombo);
  kombo.readPage = async (request, signal) => {
    const page = await readPage(request, signal);
    return { ...page, records: [...page.records, large('b', 'DROPPED')] };
  };
  await poller.poll({ timeLeft: () => false });

  const changesOf = (id: string) =>
    [...poller.store.journal.values()].flatMap(({ number, changes }) =>
      changes.filter(({ state }) => state.id === id).map(({ previousEntry }) => ({ number, previousEntry })),
    );
  expect(changesOf('b').slice(0, 3)).toEqual([
    { number: 1, previousEntry: null },
    { number: 3, previousEntry: 1 },
    { number: 4, previousEntry: 3 },
  ]);
});

test('when a poll is killed between the journal entries of one page, the page is read again and no event is missing', async () => {
  for (let at = 1; ; at += 1) {
    const poller = await bulky();
    // This poll has time for only one page and is killed. The next poll continues from the cursor that this
    // poll saved.
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
