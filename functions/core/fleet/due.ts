import * as z from 'zod/mini';
import { Timestamp } from '../../contract/field-types.ts';
import { type Integration, IntegrationId } from '../../contract/integration.ts';
import type { PollMessage } from '../../contract/messages.ts';
import { type Checkpoint, limitedUntil } from '../state/checkpoint.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** What dispatch knows when it decides. */
export type DispatchState = {
  /** By integration id; an integration that was never polled is absent. */
  checkpoints: ReadonlyMap<IntegrationId, Checkpoint>;
  /** The machine's clock, in milliseconds. */
  now: number;
  /** From one dispatch to the next, in milliseconds. */
  intervalMs: number;
  /** The last integration that was tried while the deployment was wrong. */
  lastProbe: Probe | null;
};

/** What to do with the active integrations now. */
export type Due = {
  /** One per integration whose back-off is over, the one that waits longest first. */
  polls: PollMessage[];
  /** Those whose runs fail because the deployment is wrong: one of them is tried per interval. See `nextProbe`. */
  stopped: Checkpoint[];
};

/**
 * The polls to send now, with a reconciliation once a week, each integration at its own place in the week.
 *
 * An integration is held back by its own failures alone. Where they may be the deployment's (AWS denies, or Kombo refuses
 * access), they are judged beside the others:
 *
 * - another one was let in after it failed: the failure is its own;
 * - all that ran within two intervals failed like it: the deployment is wrong;
 * - otherwise it waits for the others' next runs, at most two intervals.
 */
export function duePolls(integrations: Integration[], turn: DispatchState): Due {
  const active = integrations.filter(({ state }) => state === 'active').map(({ id }) => id);
  const judge = failureClassifier(active, turn);
  const due: Due = { polls: [], stopped: [] };
  for (const id of longestWaitFirst(active, turn)) {
    const checkpoint = turn.checkpoints.get(id);
    const verdict = judge(checkpoint);
    if (checkpoint !== undefined && verdict === 'deployment') due.stopped.push(checkpoint);
    else if (verdict !== 'open' && !isBackedOff(checkpoint, turn.now)) {
      due.polls.push({
        integration: id,
        ...(checkpoint !== undefined && isReconciliationDue(checkpoint, turn.now) && { mode: 'reconcile' }),
        ...(verdict === 'own' && isRefusedSince(turn.lastProbe, checkpoint) && { othersLetIn: true }),
      });
    }
  }
  return due;
}

/**
 * Whether the weekly reconciliation's time has come since the last one (or the baseline) ended. The integration's place
 * in the week comes from its id, so that many of them are spread over the week.
 */
export function isReconciliationDue({ integration, lastReconciliation }: Checkpoint, now: number): boolean {
  if (lastReconciliation === null) return false;
  const offset = offsetInWeek(integration);
  const latestTurn = Math.floor((now - offset) / WEEK_MS) * WEEK_MS + offset;
  return Date.parse(lastReconciliation.endedAt) < latestTurn;
}

/** Whose failure the last run's is, where it may be the deployment's; null where it is not, or did not fail. */
type Responsible = 'own' | 'deployment' | 'open' | null;

function failureClassifier(
  active: IntegrationId[],
  { checkpoints, now, intervalMs }: DispatchState,
): (checkpoint: Checkpoint | undefined) => Responsible {
  const known = active.flatMap((id) => checkpoints.get(id) ?? []);
  const letInAt = Math.max(...known.map(lastAcceptedAt));
  const othersRanAt = Math.max(...known.filter((each) => !mayBeDeployments(each)).map(lastAcceptedAt));
  return (checkpoint) => {
    if (checkpoint?.health.state !== 'failing' || !mayBeDeployments(checkpoint)) return null;
    if (letInAt > Date.parse(checkpoint.health.failedAt)) return 'own';
    return othersRanAt > now - 2 * intervalMs ? 'open' : 'deployment';
  };
}

/** Whether the last run failed in a way that may be the deployment's error. */
export function mayBeDeployments({ health }: Checkpoint): boolean {
  return (
    health.state === 'failing' &&
    (health.failure.kind === 'deployment' || health.failure.kind === 'access-refused')
  );
}

/** A refusal from before the last probe was of the time when the deployment was wrong: it says nothing of the integration. */
function isRefusedSince(lastProbe: Probe | null, checkpoint: Checkpoint | undefined): boolean {
  if (checkpoint?.health.state !== 'failing') return false;
  const { failure, failedAt } = checkpoint.health;
  const isOfBefore = lastProbe !== null && Date.parse(failedAt) < Date.parse(lastProbe.at);
  return failure.kind === 'access-refused' && !isOfBefore;
}

/**
 * When the integration was last let in: a run succeeded, or Kombo answered what is wrong with the integration itself. What
 * passes by itself, such as a timeout, says nothing. By the beginning of a success: a key that is refused while a run goes
 * on was still taken then.
 */
function lastAcceptedAt({ succeededAt, health }: Checkpoint): number {
  const answered =
    health.state === 'failing' &&
    (health.failure.kind === 'integration' || health.failure.kind === 'waiting');
  return Math.max(
    succeededAt === null ? 0 : Date.parse(succeededAt),
    answered ? Date.parse(health.failedAt) : 0,
  );
}

/** Where a queue takes only a part, those that were left out come first the next time. */
function longestWaitFirst(active: IntegrationId[], { checkpoints }: DispatchState): IntegrationId[] {
  const lastTry = (id: IntegrationId) => {
    const checkpoint = checkpoints.get(id);
    if (checkpoint === undefined) return 0;
    const { succeededAt, health } = checkpoint;
    return Date.parse(health.state === 'failing' ? health.failedAt : (succeededAt ?? '')) || 0;
  };
  const tries = new Map(active.map((id) => [id, lastTry(id)]));
  return active.toSorted((one, other) => (tries.get(one) ?? 0) - (tries.get(other) ?? 0));
}

function isBackedOff(checkpoint: Checkpoint | undefined, now: number): boolean {
  if (checkpoint === undefined) return false;
  const { health } = checkpoint;
  const isFailing = health.state === 'failing' && Date.parse(health.retryAt) > now;
  return isFailing || limitedUntil(checkpoint, now) !== null;
}

/** 0 to a week, in milliseconds, from the id (FNV-1a of 32 bits). */
function offsetInWeek(id: IntegrationId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return Math.floor(((hash >>> 0) / 2 ** 32) * WEEK_MS);
}

/** The integration that was tried last while the deployment was wrong. `at` by the machine's clock. */
export const Probe = z.object({ integration: IntegrationId, at: Timestamp });
export type Probe = z.infer<typeof Probe>;

/**
 * The integration to try while the deployment is wrong, so that a key which Kombo refuses is not used by all of them: the
 * last to succeed first, then another one each time, also when the run before came to nothing.
 *
 * @param stopped those whose runs fail because of the deployment
 * @param turn.lastProbe it may be of an earlier time when the deployment was wrong
 * @returns null where none is stopped, or one was tried in this interval
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
  // Dispatch is called again when it failed.
  if (now - Date.parse(last.at) < intervalMs / 2) return null;
  const at = order.findIndex(({ integration }) => integration === last.integration);
  return (order[at + 1] ?? first).integration;
}

function successOf({ succeededAt }: Checkpoint): number {
  return succeededAt === null ? 0 : Date.parse(succeededAt);
}
