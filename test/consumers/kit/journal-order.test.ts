import { expect, test } from 'vitest';
import { positionOf, unlessOutdated } from '../../../consumers/kit/journal-order.ts';

const event = (entry: number, index = 0, progression = 'p1') => ({
  detail: {
    integration: { id: 'moodle:test' },
    progression: { id: progression },
    journal: { entry, index },
    status: `state after ${entry}/${index}`,
  },
});

function consumer() {
  const kept = new Map<string, string>();
  const handled: string[] = [];
  const positions = {
    read: async (stream: string) => kept.get(stream) ?? null,
    advance: async (stream: string, position: string) => {
      if ((kept.get(stream) ?? '') < position) kept.set(stream, position);
    },
  };
  const take = (one: ReturnType<typeof event>) =>
    unlessOutdated(positions, one, async ({ detail }) => {
      handled.push(detail.status);
    });
  return { positions, handled, take };
}

test('`unlessOutdated` skips an event that is older than the last handled event of its progression', async () => {
  const { take, handled } = consumer();
  expect(await take(event(2))).toBe(true);
  expect(await take(event(10, 1))).toBe(true);
  expect(await take(event(10, 0))).toBe(false);
  expect(await take(event(9, 3))).toBe(false);
  expect(handled).toEqual(['state after 2/0', 'state after 10/1']);
});

test('`unlessOutdated` handles an older event of another progression', async () => {
  const { take } = consumer();
  await take(event(10));
  expect(await take(event(3, 0, 'p2'))).toBe(true);
});

test('`unlessOutdated` handles a repeated event again', async () => {
  const { take, handled } = consumer();
  await take(event(4));
  await take(event(4));
  expect(handled).toHaveLength(2);
});

test('`unlessOutdated` handles an event again after its handler failed', async () => {
  const { positions } = consumer();
  const failing = unlessOutdated(positions, event(4), () => Promise.reject(new Error('down')));
  await expect(failing).rejects.toThrow('down');
  expect(await unlessOutdated(positions, event(4), async () => {})).toBe(true);
});

test('`unlessOutdated` handles an event without a journal position only when no position is stored', async () => {
  const { positions } = consumer();
  const derived = { detail: { ...event(1).detail, journal: null } };
  expect(positionOf(derived)).toBeNull();
  expect(await unlessOutdated(positions, derived, async () => {})).toBe(true);
  await unlessOutdated(positions, event(1), async () => {});
  expect(await unlessOutdated(positions, derived, async () => {})).toBe(false);
});
