import * as z from 'zod/mini';
import { Timestamp } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import type { PollMessage } from '../../contract/messages.ts';
import { type Checkpoint, limitedUntil } from '../state/checkpoint.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

type DispatchState = {
  /** Checkpoints by integration id. An integration that was never polled has none. */
  checkpoints: ReadonlyMap<IntegrationId, Checkpoint>;
  /** The machine's clock, in milliseconds. */
  now: number;
  /** The time from one dispatch to the next, in milliseconds. */
  intervalMs: number;
  /** Null if there was none, or if the deployment cannot be the cause of any failure. */
  lastProbe: Probe | null;
};

export type Due = {
  /** The integration that has waited longest is first. */
  polls: PollMessage[];
  /** Integrations that fail because the deployment is wrong. One is polled per interval: see `nextProbe`. */
  stopped: Checkpoint[];
};

/**
 * Returns the polls of active integrations to send now. An integration is polled less often only after its
 * own failures. A failure that may be the deployment's (AWS denies a permission, or Kombo refuses access) is
 * compared with the other integrations:
 *
 * - Kombo accepted the key for another integration after this failure: the failure is the integration's own.
 * - All integrations that ran within two intervals failed in this way: the deployment is wrong.
 * - Otherwise the cause is not known yet: the integration is not polled until another integration runs, for
 *   at most two intervals.
 */
export function duePolls(active: IntegrationId[], state: DispatchState): Due {
  const classify = failureClassifier(active, state);
  const due: Due = { polls: [], stopped: [] };
  for (const id of longestWaitFirst(active, state)) {
    const checkpoint = state.checkpoints.get(id);
    const responsible = classify(checkpoint);
    if (checkpoint !== undefined && responsible === 'deployment') due.stopped.push(checkpoint);
    else if (responsible !== 'unknown' && !isBackedOff(checkpoint, state.now)) {
      due.polls.push({
        integration: id,
        ...(checkpoint !== undefined && isReconciliationDue(checkpoint, state.now) && { mode: 'reconcile' }),
        ...(isRefusedSince(state.lastProbe, checkpoint) && { othersLetIn: true }),
      });
    }
  }
  return due;
}

/**
 * Returns whether the integration's weekly time has passed since the last reconciliation (or the baseline)
 * ended. The time is derived from the id, so that the reconciliations are spread over the week. Every poll
 * continues a reconciliation in progress. A request that arrives after its end would start another one.
 */
function isReconciliationDue(checkpoint: Checkpoint, now: number): boolean {
  const { integration, reconciliation, lastReconciliation } = checkpoint;
  if (lastReconciliation === null || reconciliation !== null) return false;
  const offset = offsetInWeek(integration);
  const latestTurn = Math.floor((now - offset) / WEEK_MS) * WEEK_MS + offset;
  return Date.parse(lastReconciliation.endedAt) < latestTurn;
}

/** The cause of a failure that may be an error of the deployment; null for all other results of a run. */
type Responsible = 'integration' | 'deployment' | 'unknown' | null;

function failureClassifier(
  active: IntegrationId[],
  { checkpoints, now, intervalMs }: DispatchState,
): (checkpoint: Checkpoint | undefined) => Responsible {
  const known = active.flatMap((id) => checkpoints.get(id) ?? []);
  const acceptedAt = Math.max(...known.map(lastAcceptedAt));
  const othersRanAt = Math.max(...known.filter((each) => !mayBeDeployments(each)).map(lastAcceptedAt));
  return (checkpoint) => {
    if (checkpoint?.health.state !== 'failing' || !mayBeDeployments(checkpoint)) return null;
    if (acceptedAt > Date.parse(checkpoint.health.failedAt)) return 'integration';
    return othersRanAt > now - 2 * intervalMs ? 'unknown' : 'deployment';
  };
}

/** Returns whether the last run failed in a way that may be an error of the deployment. */
export function mayBeDeployments({ health }: Checkpoint): boolean {
  return (
    health.state === 'failing' &&
    (health.failure.kind === 'deployment' || health.failure.kind === 'access-refused')
  );
}

/** A refusal before the last probe does not count: a wrong key of the deployment may have caused it. */
function isRefusedSince(lastProbe: Probe | null, checkpoint: Checkpoint | undefined): boolean {
  if (checkpoint?.health.state !== 'failing') return false;
  const { failure, failedAt } = checkpoint.health;
  const isOfBefore = lastProbe !== null && Date.parse(failedAt) < Date.parse(lastProbe.at);
  return failure.kind === 'access-refused' && !isOfBefore;
}

/**
 * Returns when Kombo last accepted the key for this integration (an error about the integration itself also
 * shows this), or 0. Of a successful run, the start counts: the key may have been revoked later.
 */
function lastAcceptedAt({ succeededAt, health }: Checkpoint): number {
  const hasResponded =
    health.state === 'failing' &&
    (health.failure.kind === 'integration' || health.failure.kind === 'waiting');
  return Math.max(
    succeededAt === null ? 0 : Date.parse(succeededAt),
    hasResponded ? Date.parse(health.failedAt) : 0,
  );
}

/** If the queue does not accept the last messages, these integrations are the first ones next time. */
function longestWaitFirst(active: IntegrationId[], { checkpoints }: DispatchState): IntegrationId[] {
  const lastTry = (id: IntegrationId) => {
    const checkpoint = checkpoints.get(id);
    if (checkpoint === undefined) return 0;
    const { succeededAt, health } = checkpoint;
    return Date.parse(health.state === 'failing' ? health.failedAt : (succeededAt ?? '')) || 0;
  };
  return active.toSorted((one, other) => lastTry(one) - lastTry(other));
}

function isBackedOff(checkpoint: Checkpoint | undefined, now: number): boolean {
  if (checkpoint === undefined) return false;
  const { health } = checkpoint;
  const isFailing = health.state === 'failing' && Date.parse(health.retryAt) > now;
  return isFailing || limitedUntil(checkpoint, now) !== null;
}

/** Returns an offset of 0 to a week, in milliseconds, derived from the id (FNV-1a of 32 bits). */
function offsetInWeek(id: IntegrationId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return Math.floor(((hash >>> 0) / 2 ** 32) * WEEK_MS);
}

/** The integration that was last polled while the deployment was wrong, and when, by the machine's clock. */
export const Probe = z.object({ integration: IntegrationId, at: Timestamp });
export type Probe = z.infer<typeof Probe>;

/**
 * Returns the integration to poll as the probe while the deployment is wrong, so that a key that Kombo
 * refuses is not used for all integrations. The first probe is the integration that succeeded last. The next
 * probes are the other integrations in turn, whatever the result of the previous probe.
 *
 * @param state.lastProbe may be from an earlier period in which the deployment was wrong
 * @returns null if no integration is stopped, or if there was already a probe in this interval
 */
export function nextProbe(
  stopped: Checkpoint[],
  { lastProbe: last, now, intervalMs }: { lastProbe: Probe | null; now: number; intervalMs: number },
): IntegrationId | null {
  const order = stopped.toSorted(
    (one, other) => successOf(other) - successOf(one) || (one.integration < other.integration ? -1 : 1),
  );
  const [first] = order;
  if (first === undefined) return null;
  if (last === null || successOf(first) > Date.parse(last.at)) return first.integration;
  // Lambda calls dispatch again after an error, within the same interval. Such a call sends no second probe.
  if (now - Date.parse(last.at) < intervalMs / 2) return null;
  const at = order.findIndex(({ integration }) => integration === last.integration);
  return (order[at + 1] ?? first).integration;
}

function successOf({ succeededAt }: Checkpoint): number {
  return succeededAt === null ? 0 : Date.parse(succeededAt);
}
