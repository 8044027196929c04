import { describe, expect, test } from 'vitest';
import type { Health, Trouble } from '../../functions/core/checkpoint.ts';
import {
  AccessRefusedError,
  DeploymentError,
  IntegrationError,
  TransientError,
  WaitingError,
} from '../../functions/core/errors.ts';
import { afterFailure, mustTell, troubleOf } from '../../functions/core/health.ts';
import { HOUR_MS, MINUTE_MS } from '../support/test-clock.ts';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const WELL: Health = { state: 'well' };
const trouble = (kind: Trouble['kind']): Trouble => ({ kind, code: null, message: 'no', logUrl: null });
const failTimes = (kind: Trouble['kind'], times: number) => {
  let health = afterFailure(WELL, trouble(kind), NOW);
  for (let at = 1; at < times; at += 1) health = afterFailure(health, trouble(kind), NOW);
  return health;
};
const waitOf = (health: { retryAt: string }) => Date.parse(health.retryAt) - NOW;

describe('an integration that needs a person', () => {
  test('is tried less and less often, and at least every six hours', () => {
    const waits = [1, 2, 3, 7, 8, 100].map((times) => waitOf(failTimes('integration', times)));
    expect(waits).toEqual([5, 10, 20, 320, 360, 360].map((minutes) => minutes * MINUTE_MS));
  });

  test('is told at once, and once', () => {
    const health = failTimes('integration', 1);
    expect(mustTell(health)).toBe(true);
    const told = { ...health, told: true };
    expect(mustTell(told)).toBe(false);
    expect(mustTell(afterFailure(told, trouble('integration'), NOW + HOUR_MS))).toBe(false);
  });

  test.each(['transient', 'waiting', 'access-refused', 'deployment'] as const)(
    'is told still when %s trouble follows before it could be',
    (kind) => {
      expect(mustTell(afterFailure(failTimes('integration', 1), trouble(kind), NOW))).toBe(true);
    },
  );

  test('counts its failures from the first one', () => {
    expect(failTimes('integration', 3)).toMatchObject({ failures: 3, since: '2026-03-02T08:00:00.000Z' });
  });
});

describe('trouble that passes by itself', () => {
  test('is tried again at the next turn', () => {
    expect(waitOf(failTimes('transient', 50))).toBe(0);
  });

  test('is told when it has not passed for an hour', () => {
    const health = failTimes('transient', 1);
    expect(mustTell(afterFailure(health, trouble('transient'), NOW + HOUR_MS - 1))).toBe(false);
    expect(mustTell(afterFailure(health, trouble('transient'), NOW + HOUR_MS))).toBe(true);
  });
});

describe('an integration that waits', () => {
  test('is no failure that is told', () => {
    const later = NOW + 100 * HOUR_MS;
    expect(mustTell(afterFailure(failTimes('waiting', 20), trouble('waiting'), later))).toBe(false);
    expect(waitOf(failTimes('waiting', 20))).toBe(10 * MINUTE_MS);
  });

  test('leaves no trace in the episode of a failure that follows', () => {
    const later = NOW + 100 * HOUR_MS;
    const health = afterFailure(failTimes('waiting', 20), trouble('transient'), later);
    expect(health).toMatchObject({ failures: 1, since: new Date(later).toISOString() });
    expect(mustTell(health)).toBe(false);
  });

  test('does not end the episode that an operator was told of', () => {
    const told = { ...failTimes('integration', 2), told: true };
    const health = afterFailure(afterFailure(told, trouble('waiting'), NOW), trouble('integration'), NOW);
    expect(health).toMatchObject({ told: true, since: told.since });
  });
});

describe('a refusal of access', () => {
  test('is tried again at the next turn, and is not notified, until it is known whose it is', () => {
    const health = failTimes('access-refused', 50);
    expect(waitOf(health)).toBe(0);
    expect(mustTell(afterFailure(health, trouble('access-refused'), NOW + 100 * HOUR_MS))).toBe(false);
  });

  test('that is the integration’s own is notified, and tried less and less often', () => {
    const health = afterFailure(failTimes('access-refused', 1), trouble('access-refused'), NOW, true);
    expect(mustTell(health)).toBe(true);
    expect(waitOf(health)).toBe(10 * MINUTE_MS);
  });

  test.each(['transient', 'waiting', 'deployment'] as const)('of others changes nothing about %s', (kind) => {
    expect(afterFailure(WELL, trouble(kind), NOW, true)).toEqual(afterFailure(WELL, trouble(kind), NOW));
  });
});

test.each(['access-refused', 'deployment'] as const)(
  '%s that lasted for hours leaves no trace in the episode of a failure that follows',
  (kind) => {
    const later = NOW + 100 * HOUR_MS;
    const health = afterFailure(failTimes(kind, 20), trouble('transient'), later);
    expect(health).toMatchObject({ failures: 1, since: new Date(later).toISOString() });
    expect(mustTell(health)).toBe(false);
  },
);

test('a deployment’s error is never an integration’s: one alarm says it for all', () => {
  const later = NOW + 100 * HOUR_MS;
  expect(mustTell(afterFailure(failTimes('deployment', 20), trouble('deployment'), later))).toBe(false);
});

describe('what stopped a run', () => {
  test.each([
    [new TransientError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'transient'],
    [new IntegrationError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'integration'],
    [new WaitingError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'waiting'],
    [new AccessRefusedError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'access-refused'],
    [new DeploymentError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'deployment'],
  ])('is said with its code and its log page', (error, kind) => {
    expect(troubleOf(error)).toEqual({ kind, code: 'C', message: 'm', logUrl: 'https://kombo.test/log' });
  });

  test.each([new TypeError('ada@example.com is not iterable'), 'ada@example.com'])(
    'is said without its message when nobody expected it',
    (error) => {
      expect(troubleOf(error).kind).toBe('transient');
      expect(troubleOf(error).message).not.toContain('ada@example.com');
    },
  );
});
