import { describe, expect, it } from 'vitest';
import { conditions } from './conditions.ts';
import { orders, simulateWeek } from './simulated-week.ts';

const DAYS = 2;
/** `node test/fleet/table.ts` simulates whole weeks and up to 500 integrations in the same way. */
const fleets = [
  { members: 1, order: 'as sent' },
  { members: 2, order: 'in reverse order' },
  { members: 8, order: 'in random order' },
] as const;

describe.each(Object.keys(conditions))('a fleet with the failures "%s"', (kind) => {
  it('in two simulated days, a healthy integration waits at most two poll intervals, and no IntegrationFailing is wrong or missing', async () => {
    for (const [seed, fleet] of fleets.entries()) {
      const week = await simulateWeek({ ...fleet, kind, seed: seed + 1, days: DAYS });
      expect(week.runs).toBeGreaterThan(0);
      expect(week.longestWait).toBeLessThanOrEqual(2);
      expect(week).toMatchObject({ wrongNotices: 0, missingNotices: 0 });
      expect(week.probesPerInterval).toBeLessThanOrEqual(2);
    }
  });
});

it('when Kombo refuses one of 100 integrations, no other integration waits longer than two poll intervals', async () => {
  for (const [seed, order] of orders.entries()) {
    const kind = 'Kombo refuses one integration';
    const { longestWait } = await simulateWeek({ members: 100, kind, order, seed, days: 0.25 });
    expect(longestWait).toBeLessThanOrEqual(2);
  }
});

it('when access works again for all integrations, each integration has a successful run within five poll intervals', async () => {
  for (const [seed, order] of orders.entries()) {
    for (const kind of [
      'Kombo refuses the key for all integrations',
      'AWS denies access for all integrations',
    ]) {
      const { longestRecovery } = await simulateWeek({ members: 10, kind, order, seed, days: DAYS });
      expect(longestRecovery).toBeGreaterThan(0);
      expect(longestRecovery).toBeLessThanOrEqual(5);
    }
  }
});
