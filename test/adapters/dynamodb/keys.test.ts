import { expect, it } from 'vitest';
import {
  integrationKey,
  journalKey,
  progressionKey,
  progressionShard,
  setAsideKey,
} from '../../../functions/adapters/dynamodb/keys.ts';

// Existing tables use these partitions. If this test fails, change the code and not the expected values.
it.each([
  ['', 5],
  ['a', 12],
  ['7C9M5sXAQx2cNMpVHLojrFpL', 14],
  ['progression-12345', 14],
  ['ünïcödé-✓', 6],
])('a progression with the id "%s" is stored in partition %i of its integration', (id, shard) => {
  expect(progressionShard(id)).toBe(shard);
});

it('the table keys of an integration, a journal entry, a progression and a set-aside record keep their format', () => {
  expect(integrationKey('moodle:a')).toEqual({ pk: 'integrations', sk: 'moodle:a' });
  expect(journalKey('moodle:a', 42)).toEqual({ pk: 'journal/moodle:a', sk: '000000000042' });
  expect(progressionKey('moodle:a', 'a')).toEqual({ pk: 'progressions/moodle:a/12', sk: 'a' });
  expect(setAsideKey('moodle:a', { kind: 'record', id: 'r' })).toEqual({
    pk: 'set-aside/moodle:a',
    sk: 'record/r',
  });
});

it('16,000 progressions are distributed over the 16 partitions of an integration with at most 15 % deviation', () => {
  const counts = Array.from({ length: 16 }, () => 0);
  for (let index = 0; index < 16_000; index += 1) {
    const shard = progressionShard(`progression-${index}`);
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  expect(Math.min(...counts)).toBeGreaterThan(850);
  expect(Math.max(...counts)).toBeLessThan(1150);
});
