import type { IntegrationId } from '../../contract/integration.ts';
import type { Store, UnreadableIntegration } from '../ports.ts';
import type { Checkpoint } from '../state/checkpoint.ts';

/** How the integrations of a deployment stand together. Times are in seconds. */
export type Fleet = {
  active: number;
  /** A person must act, or trouble that should have passed has not. */
  failing: number;
  held: number;
  /** Their settings cannot be read: nothing polls them until a person repairs them. */
  unreadable: UnreadableIntegration[];
  /** Cannot run because the deployment is wrong. */
  stopped: number;
  /** What should be fresh and how long ago Kombo was last read in full up to date, the worst first. */
  freshness: { integration: IntegrationId; seconds: number }[];
  /** The age of the oldest journal entry that is appended and not published; 0 when there is none. */
  oldestUnpublishedSeconds: number;
};

/** An unpublished entry is looked for where no run has ended for this time: runs of a healthy integration end sooner. */
const SUSPICIOUS_SECONDS = 60 * 60;

/**
 * Reads how the fleet stands. A journal entry can be left unpublished only where runs do not end, so only those
 * integrations cost a read of their journal.
 *
 * @param now the machine's clock, in milliseconds
 */
export async function surveyFleet(
  store: Pick<Store, 'readEntriesAfter'>,
  { integrations, unreadable }: Awaited<ReturnType<Store['readIntegrations']>>,
  checkpoints: ReadonlyMap<IntegrationId, Checkpoint>,
  now: number,
  stopped: number,
): Promise<Fleet> {
  const active = integrations.filter(({ state }) => state === 'active');
  const known = active.flatMap(({ id }) => checkpoints.get(id) ?? []);
  const freshness = active
    .filter(({ id }) => shouldBeFresh(checkpoints.get(id)))
    .map((integration) => ({
      integration: integration.id,
      seconds: ageOf(checkpoints.get(integration.id)?.watermark ?? integration.addedAt, now),
    }))
    .sort((left, right) => right.seconds - left.seconds);
  // All of them when Kombo has not answered for an hour.
  const left = await store.readEntriesAfter(known.filter((each) => mayHaveLeftAnEntry(each, now)));
  return {
    active: active.length,
    failing: known.filter(isFailing).length,
    held: known.filter(({ held }) => held !== null).length,
    unreadable,
    stopped,
    freshness,
    oldestUnpublishedSeconds: left.reduce(
      (oldest, { detectedAt }) => Math.max(oldest, ageOf(detectedAt, now)),
      0,
    ),
  };
}

/** What fails, is held or is being set up has a sign of its own: it does not count as falling behind. */
function shouldBeFresh(checkpoint: Checkpoint | undefined): boolean {
  if (checkpoint === undefined) return true;
  const { held, health } = checkpoint;
  return held === null && (health.state === 'healthy' || health.failure.kind === 'transient');
}

function isFailing({ health }: Checkpoint): boolean {
  return health.state === 'failing' && (health.notified || health.failure.kind === 'integration');
}

function mayHaveLeftAnEntry(checkpoint: Checkpoint, now: number): boolean {
  if (checkpoint.health.state === 'failing' || checkpoint.accepted !== null) return true;
  const endedAt = checkpoint.lastRun?.endedAt;
  return endedAt !== undefined && ageOf(endedAt, now) > SUSPICIOUS_SECONDS;
}

function ageOf(instant: string, now: number): number {
  return Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
}
