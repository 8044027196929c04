import { ReplayChangedError } from '../errors.ts';
import type { ReplayPorts } from './ports.ts';
import type { ReplayPlan, ReplayRecord } from './replay-record.ts';

export type ReplayOrder = {
  /** Unique among the replays of the integration. */
  id: string;
  reason: string;
  /** The consumer it is addressed to, or null for every consumer. */
  consumer: string | null;
  /** Under the events' own names, to everyone that listens to live events. */
  asLive: boolean;
  /** Events a second. */
  rate: number;
  /** Unique to this call. */
  writer: string;
};

/** Why a replay cannot be ordered like this, or null. */
export function refuseOrder(plan: ReplayPlan, { consumer, asLive, rate }: ReplayOrder): string | null {
  if (asLive && consumer !== null) return '--as-live goes to everyone: it cannot have a --consumer.';
  if (asLive && plan.place.source === 'kombo') {
    return '--as-live sends what was sent before: what is derived from Kombo never was, so it cannot go with --source kombo.';
  }
  return Number.isInteger(rate) && rate > 0
    ? null
    : '--rate is a whole number of events a second, from 1 on.';
}

/** Notes a replay of what was counted, to be carried on by `runReplay`. */
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
 * Stops a replay, or lets a stopped one go on. The process that carries it on meanwhile ends at its next step; what it
 * sent after its last note is sent again when the replay goes on.
 *
 * @returns the replay as it stands then; a finished one stays as it is
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
      // The process that carries it on was faster.
      if (!(error instanceof ReplayChangedError) || stored === null) throw error;
      latest = stored;
    }
  }
}
