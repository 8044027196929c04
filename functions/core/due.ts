import type { Integration } from '../contract/integration.ts';
import type { IntegrationId } from '../contract/integration-id.ts';
import type { PollMessage } from '../contract/poll-message.ts';
import { type Checkpoint, limitedUntil } from './checkpoint.ts';

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/**
 * The polls to send now: one per active integration whose back-off is over; with a reconciliation once a week, each
 * integration at its own place in the week.
 *
 * While the deployment itself is in trouble (a rejected key, access denied), a single integration is tried, so that a
 * key which every request would be refused for is not hammered.
 *
 * @param checkpoints by integration id; an integration that was never polled is absent
 * @param now the machine's clock, in milliseconds
 */
export function duePolls(
  integrations: Integration[],
  checkpoints: ReadonlyMap<IntegrationId, Checkpoint>,
  now: number,
): PollMessage[] {
  const active = integrations.filter(({ state }) => state === 'active');
  const probe = deploymentProbe(active, checkpoints);
  if (probe !== null) return isBackedOff(checkpoints.get(probe), now) ? [] : [{ integration: probe }];
  return active
    .filter(({ id }) => !isBackedOff(checkpoints.get(id), now))
    .map(({ id }) => {
      const checkpoint = checkpoints.get(id);
      return checkpoint !== undefined && isReconciliationDue(checkpoint, now)
        ? { integration: id, mode: 'reconcile' }
        : { integration: id };
    });
}

/**
 * Whether the weekly reconciliation's time has come since the last one (or the baseline) ended. The integration's place
 * in the week comes from its id, so that many of them are spread over the week.
 */
export function isReconciliationDue({ integration, lastReconciliation }: Checkpoint, now: number): boolean {
  if (lastReconciliation === null) return false;
  const offset = placeInWeek(integration);
  const latestTurn = Math.floor((now - offset) / WEEK_MS) * WEEK_MS + offset;
  return Date.parse(lastReconciliation.endedAt) < latestTurn;
}

/** The integration to try while the latest runs say that the deployment is wrong, or null when it is not. */
function deploymentProbe(
  active: Integration[],
  checkpoints: ReadonlyMap<IntegrationId, Checkpoint>,
): IntegrationId | null {
  let probe: { id: IntegrationId; retryAt: string } | null = null;
  let latestFailure = '';
  let latestSuccess = '';
  for (const { id } of active) {
    const checkpoint = checkpoints.get(id);
    if (checkpoint === undefined) continue;
    const { health, lastRun } = checkpoint;
    if (health.state === 'troubled' && health.trouble.kind === 'deployment') {
      if (health.failedAt > latestFailure) latestFailure = health.failedAt;
      if (probe === null || health.retryAt < probe.retryAt) probe = { id, retryAt: health.retryAt };
    } else if (lastRun !== null && lastRun.endedAt > latestSuccess) {
      latestSuccess = lastRun.endedAt;
    }
  }
  return latestFailure > latestSuccess ? (probe?.id ?? null) : null;
}

function isBackedOff(checkpoint: Checkpoint | undefined, now: number): boolean {
  if (checkpoint === undefined) return false;
  const { health } = checkpoint;
  const isFailing = health.state === 'troubled' && Date.parse(health.retryAt) > now;
  return isFailing || limitedUntil(checkpoint, now) !== null;
}

/** 0 to a week, in milliseconds, from the id (FNV-1a of 32 bits). */
function placeInWeek(id: IntegrationId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  }
  return Math.floor(((hash >>> 0) / 2 ** 32) * WEEK_MS);
}
