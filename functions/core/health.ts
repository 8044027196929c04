import type { Health, Trouble } from './checkpoint.ts';
import { isRunError } from './errors.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

const FIRST_BACKOFF_MS = 5 * MINUTE_MS;
const LONGEST_BACKOFF_MS = 6 * HOUR_MS;
const WAITING_RETRY_MS = 10 * MINUTE_MS;
/** Trouble that should pass by itself is told when it has not passed for so long. */
const TRANSIENT_TOLD_AFTER_MS = HOUR_MS;

/**
 * The health after a run that failed. An integration that needs a person is tried less and less often; trouble that
 * passes by itself is tried again at the next turn.
 *
 * @param now the machine's clock, in milliseconds
 */
export function afterFailure(health: Health, trouble: Trouble, now: number): Health & { state: 'troubled' } {
  const before = health.state === 'troubled' && !isMereWait(health, trouble) ? health : null;
  const failures = (before?.failures ?? 0) + 1;
  const since = before?.since ?? new Date(now).toISOString();
  return {
    state: 'troubled',
    since,
    failures,
    failedAt: new Date(now).toISOString(),
    retryAt: new Date(now + backoffMs(trouble.kind, failures)).toISOString(),
    mustBeTold: before?.mustBeTold || isOperators(trouble.kind, now - Date.parse(since)),
    told: before?.told ?? false,
    trouble,
  };
}

/** Whether the integration's operator should hear of it now: once per episode, and then whatever kind of trouble follows. */
export function mustTell({ mustBeTold, told }: Health & { state: 'troubled' }): boolean {
  return mustBeTold && !told;
}

/**
 * Whether trouble that has lasted for so long is the operator's. Not while an integration is being set up, and not when
 * the deployment itself is wrong, which one alarm says for all.
 */
function isOperators(kind: Trouble['kind'], lastedMs: number): boolean {
  switch (kind) {
    case 'integration':
      return true;
    case 'transient':
      return lastedMs >= TRANSIENT_TOLD_AFTER_MS;
    case 'waiting':
    case 'deployment':
      return false;
  }
}

/** What stopped a run, for the checkpoint. An error that no part expected is named without its message. */
export function troubleOf(error: unknown): Trouble {
  if (isRunError(error)) {
    return { kind: error.kind, code: error.code, message: error.message, logUrl: error.logUrl };
  }
  const name = error instanceof Error ? error.name : typeof error;
  return {
    kind: 'transient',
    code: null,
    message: `an error that Schoolbell did not expect (${name}): see the function's log`,
    logUrl: null,
  };
}

/** An integration that was only waiting did not fail: what stops it now begins its own episode. */
function isMereWait(health: Health & { state: 'troubled' }, trouble: Trouble): boolean {
  return !health.mustBeTold && health.trouble.kind === 'waiting' && trouble.kind !== 'waiting';
}

function backoffMs(kind: Trouble['kind'], failures: number): number {
  switch (kind) {
    case 'transient':
      return 0;
    case 'waiting':
      return WAITING_RETRY_MS;
    case 'deployment':
      return FIRST_BACKOFF_MS;
    case 'integration':
      return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
  }
}
