import { describe, expect, test } from 'vitest';
import { afterFailure, failureOf, isNoticeDue } from '../../../functions/core/episodes/health.ts';
import {
  AccessRefusedError,
  DeploymentError,
  IntegrationError,
  TransientError,
  WaitingError,
} from '../../../functions/core/errors.ts';
import type { Failure, Health } from '../../../functions/core/state/checkpoint.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const WELL: Health = { state: 'healthy' };
const failure = (kind: Failure['kind']): Failure => ({ kind, code: null, message: 'no', logUrl: null });
const failTimes = (kind: Failure['kind'], times: number) => {
  let health = afterFailure(WELL, failure(kind), NOW);
  for (let at = 1; at < times; at += 1) health = afterFailure(health, failure(kind), NOW);
  return health;
};
const waitOf = (health: { retryAt: string }) => Date.parse(health.retryAt) - NOW;

describe('an integration that needs a person', () => {
  test('after each failure that needs a person, the integration is polled less often, from every 5 minutes to every 6 hours', () => {
    const waits = [1, 2, 3, 7, 8, 100].map((times) => waitOf(failTimes('integration', times)));
    expect(waits).toEqual([5, 10, 20, 320, 360, 360].map((minutes) => minutes * MINUTE_MS));
  });

  test('IntegrationFailing is due after the first failure that needs a person, and not due again after it was published', () => {
    const health = failTimes('integration', 1);
    expect(isNoticeDue(health)).toBe(true);
    const notified = { ...health, notified: true };
    expect(isNoticeDue(notified)).toBe(false);
    expect(isNoticeDue(afterFailure(notified, failure('integration'), NOW + HOUR_MS))).toBe(false);
  });

  test.each(['transient', 'waiting', 'access-refused', 'deployment'] as const)(
    'when IntegrationFailing was due and not published, it is still due after a failure of the kind %s',
    (kind) => {
      expect(isNoticeDue(afterFailure(failTimes('integration', 1), failure(kind), NOW))).toBe(true);
    },
  );

  test('the health of a failing integration contains the number of failures and the time of the first failure', () => {
    expect(failTimes('integration', 3)).toMatchObject({ failures: 3, since: '2026-03-02T08:00:00.000Z' });
  });
});

describe('a temporary failure', () => {
  test('after a temporary failure, the integration is polled again at the next dispatch', () => {
    expect(waitOf(failTimes('transient', 50))).toBe(0);
  });

  test('after a temporary failure, IntegrationFailing is due when one hour has passed', () => {
    const health = failTimes('transient', 1);
    expect(isNoticeDue(afterFailure(health, failure('transient'), NOW + HOUR_MS - 1))).toBe(false);
    expect(isNoticeDue(afterFailure(health, failure('transient'), NOW + HOUR_MS))).toBe(true);
  });
});

test('a temporary failure two months after the previous one, for example because of a pause, begins a new failing episode', () => {
  const later = NOW + 60 * DAY_MS;
  const health = afterFailure(failTimes('transient', 1), failure('transient'), later);
  expect(health).toMatchObject({ failures: 1, since: new Date(later).toISOString() });
  expect(isNoticeDue(health)).toBe(false);
  expect(isNoticeDue(afterFailure(health, failure('transient'), later + DAY_MS))).toBe(true);
});

describe('an integration that is being set up', () => {
  test('while an integration waits for its setup in Kombo, IntegrationFailing is never due, and a poll runs every 10 minutes', () => {
    const later = NOW + 100 * HOUR_MS;
    expect(isNoticeDue(afterFailure(failTimes('waiting', 20), failure('waiting'), later))).toBe(false);
    expect(waitOf(failTimes('waiting', 20))).toBe(10 * MINUTE_MS);
  });

  test('when an integration that was being set up then fails temporarily, the failing episode begins at that failure', () => {
    const later = NOW + 100 * HOUR_MS;
    const health = afterFailure(failTimes('waiting', 20), failure('transient'), later);
    expect(health).toMatchObject({ failures: 1, since: new Date(later).toISOString() });
    expect(isNoticeDue(health)).toBe(false);
  });

  test('an episode in which IntegrationFailing was published does not end when the integration waits for its setup', () => {
    const notified = { ...failTimes('integration', 2), notified: true };
    const health = afterFailure(afterFailure(notified, failure('waiting'), NOW), failure('integration'), NOW);
    expect(health).toMatchObject({ notified: true, since: notified.since });
  });
});

describe('a refusal of access', () => {
  test("while the cause of Kombo's refusals is unknown, the integration is polled at each dispatch, and IntegrationFailing is not due", () => {
    const health = failTimes('access-refused', 50);
    expect(waitOf(health)).toBe(0);
    expect(isNoticeDue(afterFailure(health, failure('access-refused'), NOW + 100 * HOUR_MS))).toBe(false);
  });

  test('when Kombo refuses an integration and accepts another, IntegrationFailing is due, and the refused one is polled less often', () => {
    const health = afterFailure(failTimes('access-refused', 1), failure('access-refused'), NOW, true);
    expect(isNoticeDue(health)).toBe(true);
    expect(waitOf(health)).toBe(10 * MINUTE_MS);
  });

  test.each(['transient', 'waiting', 'deployment'] as const)(
    'a failure of the kind %s has the same effect on the health whether or not Kombo accepts other integrations',
    (kind) => {
      expect(afterFailure(WELL, failure(kind), NOW, true)).toEqual(afterFailure(WELL, failure(kind), NOW));
    },
  );
});

test.each(['access-refused', 'deployment'] as const)(
  'when a temporary failure follows failures of the kind %s, the episode begins at the temporary failure',
  (kind) => {
    const later = NOW + 100 * HOUR_MS;
    const health = afterFailure(failTimes(kind, 20), failure('transient'), later);
    expect(health).toMatchObject({ failures: 1, since: new Date(later).toISOString() });
    expect(isNoticeDue(health)).toBe(false);
  },
);

test('IntegrationFailing is never due when an error of the deployment caused the failure', () => {
  const later = NOW + 100 * HOUR_MS;
  expect(isNoticeDue(afterFailure(failTimes('deployment', 20), failure('deployment'), later))).toBe(false);
});

describe('the stored failure of a poll', () => {
  test.each([
    [new TransientError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'transient'],
    [new IntegrationError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'integration'],
    [new WaitingError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'waiting'],
    [new AccessRefusedError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'access-refused'],
    [new DeploymentError('m', { code: 'C', logUrl: 'https://kombo.test/log' }), 'deployment'],
  ])(
    "a failure (%s) is stored with the kind %s, its code and the URL of Kombo's log page for the request",
    (error, kind) => {
      expect(failureOf(error)).toEqual({ kind, code: 'C', message: 'm', logUrl: 'https://kombo.test/log' });
    },
  );

  test.each([new TypeError('ada@example.com is not iterable'), 'ada@example.com'])(
    'an unexpected error is stored without its message, because the message may contain personal data',
    (error) => {
      expect(failureOf(error).kind).toBe('transient');
      expect(failureOf(error).message).not.toContain('ada@example.com');
    },
  );
});
