import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextProbe, type Probe } from '../../../functions/core/fleet/probe.ts';
import { newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const INTERVAL_MS = 15 * MINUTE_MS;
const at = (ms: number) => new Date(ms).toISOString();

const stopped = (id: string, succeededAt: number | null) => ({
  ...newCheckpoint(id),
  succeededAt: succeededAt === null ? null : at(succeededAt),
});

/** Integrations in any order, with the time of their last success. */
const fleets = fc
  .uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 })
  .chain((numbers) =>
    fc.tuple(...numbers.map((number) => fc.option(fc.nat(1000)).map((minutes) => ({ number, minutes })))),
  )
  .map((list) =>
    list.map(({ number, minutes }) =>
      stopped(`moodle:${number}`, minutes === null ? null : NOW - INTERVAL_MS - minutes * MINUTE_MS),
    ),
  );
/** How far each dispatch is from its time, as a part of the interval. */
const jitters = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 100, maxLength: 100 });

test('the last to succeed is tried first, then a different one each time, and each once in as many intervals', () => {
  fc.assert(
    fc.property(fleets, jitters, (fleet, jitter) => {
      let last: Probe | null = null;
      const tried: string[] = [];
      for (let turn = 0; turn < fleet.length * 2; turn += 1) {
        const now = NOW + (turn + (jitter[turn] ?? 0)) * INTERVAL_MS;
        const next = nextProbe(fleet, { lastProbe: last, now, intervalMs: INTERVAL_MS });
        if (next === null) throw new Error('no integration is tried');
        last = { integration: next, at: at(now) };
        tried.push(next);
      }
      const latest = fleet
        .map(({ succeededAt }) => succeededAt ?? '')
        .toSorted()
        .at(-1);
      expect(fleet.find(({ integration }) => integration === tried[0])?.succeededAt ?? '').toBe(latest);
      if (fleet.length > 1) expect(tried.filter((id, place) => id === tried[place + 1])).toEqual([]);
      expect(new Set(tried.slice(0, fleet.length)).size).toBe(fleet.length);
    }),
  );
});

test('none is tried twice in one interval, when dispatch is called again', () => {
  const fleet = [stopped('moodle:a', NOW - INTERVAL_MS), stopped('moodle:b', null)];
  const last = { integration: 'moodle:a', at: at(NOW) };
  expect(nextProbe(fleet, { lastProbe: last, now: NOW + MINUTE_MS, intervalMs: INTERVAL_MS })).toBeNull();
});

test('the order begins again with the last to succeed when the deployment was right in between', () => {
  const fleet = [stopped('moodle:a', NOW - 2 * INTERVAL_MS), stopped('moodle:b', NOW - INTERVAL_MS)];
  const last = { integration: 'moodle:b', at: at(NOW - 3 * INTERVAL_MS) };
  expect(nextProbe(fleet, { lastProbe: last, now: NOW, intervalMs: INTERVAL_MS })).toBe('moodle:b');
});

test('it goes on with the first when the one that was tried last is no longer stopped', () => {
  const fleet = [stopped('moodle:a', null), stopped('moodle:b', null)];
  const last = { integration: 'moodle:gone', at: at(NOW - INTERVAL_MS) };
  expect(nextProbe(fleet, { lastProbe: last, now: NOW, intervalMs: INTERVAL_MS })).toBe('moodle:a');
});

test('none is tried where none is stopped', () => {
  expect(nextProbe([], { lastProbe: null, now: NOW, intervalMs: INTERVAL_MS })).toBeNull();
});
