import { ReplayChangedError } from '../errors.ts';
import type { ReplayPorts } from './ports.ts';
import type { ReplayPlan, ReplayRecord } from './replay-record.ts';

export type ReplayOrder = {
  /** Unique within the integration. */
  id: string;
  reason: string;
  /** The consumer that receives the replay, or null for every consumer. */
  consumer: string | null;
  /** Whether to send the events with the names of live events, and without `replay`. */
  asLive: boolean;
  /** Events per second. */
  rate: number;
  /** The writer of the record: a value that is unique to this call. */
  writer: string;
};

/** Returns why a replay with these options is refused, or null if it is accepted. */
export function refuseOrder(plan: ReplayPlan, { consumer, asLive, rate }: ReplayOrder): string | null {
  if (asLive && consumer !== null)
    return '--as-live sends to every consumer, so it cannot be combined with --consumer.';
  if (asLive && plan.position.source === 'kombo') {
    return '--as-live repeats published events. Events derived from Kombo were never published, so --as-live cannot be combined with --source kombo.';
  }
  return Number.isInteger(rate) && rate > 0
    ? null
    : '--rate must be a whole number of events per second, at least 1.';
}

/** Stores a replay with its counts. `runReplay` sends its events. */
export async function orderReplay(
  { replays, clock }: Pick<ReplayPorts, 'replays' | 'clock'>,
  plan: ReplayPlan,
  order: ReplayOrder,
): Promise<ReplayRecord> {
  const now = new Date(clock()).toISOString();
  const replay: ReplayRecord = {
    ...plan,
    ...order,
    state: 'running',
    notified: false,
    published: 0,
    refused: 0,
    failure: null,
    orderedAt: now,
    movedAt: now,
    revision: 0,
  };
  await replays.createReplay(replay);
  return replay;
}

/**
 * Stops a replay, or resumes a stopped one. The process that sends it stops before its next batch. Events
 * that it sent after it last saved its progress are sent again when the replay is resumed. A finished replay
 * does not change.
 */
export async function changeReplay(
  { replays, clock }: Pick<ReplayPorts, 'replays' | 'clock'>,
  replay: ReplayRecord,
  change: { state: 'running' | 'stopped'; rate?: number; writer: string },
): Promise<ReplayRecord> {
  let latest = replay;
  for (;;) {
    if (latest.state === 'finished') return latest;
    const next: ReplayRecord = {
      ...latest,
      ...change,
      failure: change.state === 'running' ? null : latest.failure,
      movedAt: new Date(clock()).toISOString(),
      revision: latest.revision + 1,
    };
    try {
      await replays.saveReplay(next);
      return next;
    } catch (error) {
      const stored = await replays.readReplay(replay.integration, replay.id);
      // The process that sends the replay has saved it between the read and this save.
      if (!(error instanceof ReplayChangedError) || stored === null) throw error;
      latest = stored;
    }
  }
}
