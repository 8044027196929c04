import { describe, expect, test } from 'vitest';
import { liveThrough } from './history.ts';
import { scenarioOf } from './scenario.ts';

const SEEDS = 400;
const PER_TEST = 50;

describe('the simulation', () => {
  const starts = Array.from({ length: SEEDS / PER_TEST }, (_, part) => part * PER_TEST + 1);

  test.each(starts)(
    'Schoolbell breaks no promise in the 50 simulated histories from seed %i on',
    async (from) => {
      for (let seed = from; seed < from + PER_TEST; seed++) {
        const { violations } = await liveThrough(scenarioOf(seed));
        expect(violations, `npm run simulate -- --seed ${seed}`).toEqual([]);
      }
    },
  );

  test('the simulation runs the same history, step by step, when it runs twice with the same seed', async () => {
    for (const seed of [3, 77, 1234]) {
      const first = await liveThrough(scenarioOf(seed), true);
      const second = await liveThrough(scenarioOf(seed), true);
      expect(first.trace.length).toBeGreaterThan(50);
      expect(second.hash).toBe(first.hash);
    }
  });

  test('after a simulation, the clock, the timers and the random numbers are those of the machine again', async () => {
    const before = { date: Date, setTimeout, random: Math.random, performance: performance.now };
    await liveThrough(scenarioOf(5));
    expect({ date: Date, setTimeout, random: Math.random, performance: performance.now }).toEqual(before);
  });
});
