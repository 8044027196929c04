import { envelope } from '../../contract/operational-events.ts';
import { isRunError, nameOf } from '../errors.ts';
import { change, save, type Worker } from '../journal/worker.ts';
import type { Failure, Health } from '../state/checkpoint.ts';

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * MINUTE_MS;

const FIRST_BACKOFF_MS = 5 * MINUTE_MS;
const LONGEST_BACKOFF_MS = 6 * HOUR_MS;
const WAITING_RETRY_MS = 10 * MINUTE_MS;
const NOTIFY_TRANSIENT_AFTER_MS = HOUR_MS;
/** Polls are at most a day apart (`dev --every`), so after this time without a poll, none was requested. */
const UNPOLLED_MS = 48 * HOUR_MS;

type Failing = Health & { state: 'failing' };

/**
 * Returns the health after a run that failed. After failures of the integration itself, the delay until
 * `retryAt` doubles from 5 minutes up to 6 hours. While the integration is being set up, it is 10 minutes.
 * All other failures have no delay: dispatch determines when the integration is polled (see `due.ts`).
 *
 * @param now the machine's clock, in milliseconds
 * @param othersLetIn whether Kombo accepted the key for another integration: then a refusal is this
 *   integration's own failure
 */
export function afterFailure(health: Health, failure: Failure, now: number, othersLetIn = false): Failing {
  const before = health.state === 'failing' && !beginsEpisode(health, failure, now) ? health : null;
  const isOwn = failure.kind === 'integration' || (failure.kind === 'access-refused' && othersLetIn);
  const failures = (before?.failures ?? 0) + 1;
  const since = before?.since ?? new Date(now).toISOString();
  return {
    state: 'failing',
    since,
    failures,
    failedAt: new Date(now).toISOString(),
    retryAt: new Date(now + backoffMs(failure.kind, isOwn, failures)).toISOString(),
    needsNotice: before?.needsNotice || isOwn || hasLasted(failure.kind, now - Date.parse(since)),
    notified: before?.notified ?? false,
    failure,
  };
}

/** Returns whether to notify the operator now: once per episode, even if the kind of the failure changes. */
export function isNoticeDue({ needsNotice, notified }: Failing): boolean {
  return needsNotice && !notified;
}

/** Returns whether a temporary failure lasts too long. Errors of the deployment have their own alarm. */
function hasLasted(kind: Failure['kind'], lastedMs: number): boolean {
  return kind === 'transient' && lastedMs >= NOTIFY_TRANSIENT_AFTER_MS;
}

/** Returns only the name of an unexpected error, since its message may contain personal data. */
export function failureOf(error: unknown): Failure {
  if (isRunError(error)) {
    return { kind: error.kind, code: error.code, message: error.message, logUrl: error.logUrl };
  }
  return {
    kind: 'transient',
    code: null,
    message: `unexpected error (${nameOf(error)}): see the function's log`,
    logUrl: null,
  };
}

/**
 * Returns whether a failure begins a new episode. It does if the previous failure needed no notice, and either
 * had another kind and was neither temporary nor the integration's own, or was temporary and followed by a
 * long time without polls, for example because the integration was paused.
 */
function beginsEpisode(
  { needsNotice, failure: before, failedAt }: Failing,
  failure: Failure,
  now: number,
): boolean {
  const wasOwn = before.kind === 'transient' || before.kind === 'integration';
  const isOther = !wasOwn && failure.kind !== before.kind;
  const wasUnpolled = before.kind === 'transient' && now - Date.parse(failedAt) > UNPOLLED_MS;
  return !needsNotice && (isOther || wasUnpolled);
}

function backoffMs(kind: Failure['kind'], isOwn: boolean, failures: number): number {
  if (isOwn) return Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), LONGEST_BACKOFF_MS);
  return kind === 'waiting' ? WAITING_RETRY_MS : 0;
}

/** Stores why the integration fails, and notifies the operator if a person is needed. */
export async function recordFailure(worker: Worker, failure: Failure, othersLetIn?: boolean): Promise<void> {
  const health = afterFailure(worker.checkpoint.health, failure, worker.ports.clock(), othersLetIn);
  change(worker, { health });
  if (!isNoticeDue(health)) return;
  // Save before publishing, so that a retry after a crash uses the same event id.
  await save(worker, worker.checkpoint);
  await notifyFailing(worker, health);
  change(worker, { health: { ...health, notified: true } });
}

/** Publishes `IntegrationFailing`. In an episode, this event always has the same id. */
async function notifyFailing({ ports, integration }: Worker, health: Failing): Promise<void> {
  const { code, message, logUrl } = health.failure;
  await ports.publisher.notify({
    type: 'IntegrationFailing',
    detail: {
      ...envelope(integration.id, `failing/${health.since}`, ports.clock),
      since: health.since,
      failures: health.failures,
      error: { code, message, logUrl },
    },
  });
}

/** Ends the episode. Publishes the recovery if the failure was published or may have been published. */
export async function notifyRecovered(worker: Worker, health: Failing): Promise<void> {
  const { ports, integration } = worker;
  if (health.needsNotice) {
    if (!health.notified) {
      // Every `IntegrationRecovered` must follow an `IntegrationFailing`. After a crash it is unknown whether
      // `IntegrationFailing` was published, so it is published again.
      await notifyFailing(worker, health);
      change(worker, { health: { ...health, notified: true } });
    }
    await ports.publisher.notify({
      type: 'IntegrationRecovered',
      detail: {
        ...envelope(integration.id, `recovered/${health.since}`, ports.clock),
        failingSince: health.since,
      },
    });
  }
  change(worker, { health: { state: 'healthy' } });
}
