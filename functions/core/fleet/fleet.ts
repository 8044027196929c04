import type { Integration, IntegrationId } from '../../contract/integration.ts';
import type { Store, UnreadableIntegration } from '../ports.ts';
import type { Checkpoint } from '../state/checkpoint.ts';

/** The state of all integrations of a deployment. Times are in seconds. */
export type Fleet = {
  active: number;
  /** The number of integrations with a failure that needs a person, or of which the operator was notified. */
  failing: number;
  held: number;
  /** Integrations whose settings cannot be read. They are not polled until a person repairs the settings. */
  unreadable: UnreadableIntegration[];
  /** The number of integrations that are not polled because the deployment is wrong. */
  stopped: number;
  /** The age of the watermark of each integration that should be up to date, the oldest first. */
  freshness: { integration: IntegrationId; seconds: number }[];
  /** The age of the oldest journal entry that is appended but not published; 0 without such an entry. */
  oldestUnpublishedSeconds: number;
};

/** An integration without a finished run in this time may have an unpublished entry. */
const SUSPICIOUS_SECONDS = 60 * 60;

/**
 * Reads the state of the fleet. Reads only the journals in which an entry can be unpublished: those of
 * integrations whose last run failed, published only a part of an entry, or ended more than an hour ago.
 *
 * @param now the machine's clock, in milliseconds
 */
export async function surveyFleet(
  store: Pick<Store, 'readEntriesAfter'>,
  active: Integration[],
  unreadable: UnreadableIntegration[],
  checkpoints: ReadonlyMap<IntegrationId, Checkpoint>,
  now: number,
  stopped: number,
): Promise<Fleet> {
  const known = active.flatMap(({ id }) => checkpoints.get(id) ?? []);
  const freshness = active
    .filter(({ id }) => shouldBeFresh(checkpoints.get(id)))
    .map((integration) => ({
      integration: integration.id,
      seconds: ageOf(checkpoints.get(integration.id)?.watermark ?? integration.addedAt, now),
    }))
    .sort((left, right) => right.seconds - left.seconds);
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

/** Returns false while an integration is held, is set up or fails permanently: this is reported elsewhere. */
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
