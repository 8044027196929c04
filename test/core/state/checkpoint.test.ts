import { describe, expect, test } from 'vitest';
import { addToSurge, surgeCount, surgeLimit } from '../../../functions/core/state/checkpoint.ts';
import { DAY_MS, HOUR_MS } from '../../support/test-clock.ts';

const NOON = Date.parse('2026-03-02T12:00:00.000Z');

describe('the limit of a mass change', () => {
  test.each([
    [0, 25],
    [249, 25],
    [259, 25],
    [260, 26],
    [10_000, 1_000],
  ])('the limit of suspect changes for %d known progressions is %d', (known, limit) => {
    expect(surgeLimit(known, 0.1, 25)).toBe(limit);
  });
});

describe('the changes of the last 24 hours', () => {
  test('the number of suspect changes in the last 24 hours is the sum of the counts that are stored per hour', () => {
    let surge = addToSurge([], 3, NOON);
    surge = addToSurge(surge, 4, NOON + 10);
    surge = addToSurge(surge, 5, NOON + 5 * HOUR_MS);
    expect(surge.map(({ count }) => count)).toEqual([7, 5]);
    expect(surgeCount(surge, NOON + 6 * HOUR_MS)).toBe(12);
  });

  test('a suspect change counts towards the limit for at least 24 and at most 25 hours', () => {
    const late = NOON + HOUR_MS - 1;
    const surge = addToSurge([], 1, late);
    expect(surgeCount(surge, late + DAY_MS - 1)).toBe(1);
    expect(surgeCount(surge, late + DAY_MS + HOUR_MS)).toBe(0);
  });

  test('the counts of suspect changes of more than a day ago are removed from the checkpoint', () => {
    let surge = addToSurge([], 1, NOON);
    for (let hour = 1; hour < 1_000; hour += 1) surge = addToSurge(surge, 1, NOON + hour * HOUR_MS);
    expect(surge.length).toBeLessThanOrEqual(25);
    expect(addToSurge(surge, 0, NOON + 5_000 * HOUR_MS)).toEqual([]);
  });
});
