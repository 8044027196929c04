import type { Health, Trouble } from './checkpoint.ts';
import { isRunError, nameOf } from './errors.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

const FIRST_BACKOFF_MS = 5 * MINUTE_MS;
const LONGEST_BACKOFF_MS = 6 * HOUR_MS;
const WAITING_RETRY_MS = 10 * MINUTE_MS;
/** Trouble that should pass by itself is told when it has not passed for so long. */
const TRANSIENT_TOLD_AFTER_MS = HOUR_MS;

/**
 * The health after a run that failed. An integration that needs a person is tried less and less often; trouble that
 * passes by itself, or that dispatch judges, is tried again at the next turn.
 *
 * @param now the machine's clock, in milliseconds
 * @param othersLetIn a refusal of access is this integration's own
 */
export function afterFailure(
  health: Health,
  trouble: Trouble,
  now: number,
  othersLetIn = false,
): Health & { state: 'troubled' } {
  const before = health.state === 'troubled' && !beginsOwnEpisode(health, trouble) ? health : null;
  const isOwn = trouble.kind === 'integration' || (trouble.kind === 'access-refused' && othersLetIn);
  const failures = (before?.failures ?? 0) + 1;
  const since = before?.since ?? new Date(now).toISOString();
  return {
    state: 'troubled',
    since,
    failures,
    failedAt: new Date(now).toISOString(),
    retryAt: new Date(now + backoffMs(trouble.kind, isOwn, failures)).toISOString(),
    mustBeTold: before?.mustBeTold || isOwn || hasLasted(trouble.kind, now - Date.parse(since)),
    told: before?.told ?? false,
    trouble,
  };
}

/** Whether the integration's operator should hear of it now: once per episode, and then whatever kind of trouble follows. */
export function mustTell({ mustBeTold, told }: Health & { state: 'troubled' }): boolean {
  return mustBeTold && !told;
}

/**
 * Whether trouble that should pass by itself has lasted too long. Not while an integration is being set up, and not when
 * the deployment itself is wrong, which one alarm says for all.
 */
function hasLasted(kind: Trouble['kind'], lastedMs: number): boolean {
  return kind === 'transient' && lastedMs >= TRANSIENT_TOLD_AFTER_MS;
}

/** What stopped a run, for the checkpoint. An error that no part expected is named without its message. */
export function troubleOf(error: unknown): Trouble {
  if (isRunError(error)) {
    return { kind: error.kind, code: error.code, message: error.message, logUrl: error.logUrl };
  }
  return {
    kind: 'transient',
    code: null,
    message: `an error that Schoolbell did not expect (${nameOf(error)}): see the function's log`,
    logUrl: null,
  };
}

/**
 * An integration that was only waiting, or that the deployment stopped, did not fail by itself: what stops it now begins
 * an episode of its own.
 */
function beginsOwnEpisode(
  { mustBeTold, trouble: before }: Health & { state: 'troubled' },
  now: Trouble,
): boolean {
  const wasOwn = before.kind === 'transient' || before.kind === 'integration';
  return !mustBeTold && !wasOwn && now.kind !== before.kind;
}

function backoffMs(kind: Trouble['kind'], isOwn: boolean, failures: number): number {
  if (isOwn) return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
  return kind === 'waiting' ? WAITING_RETRY_MS : 0;
}
