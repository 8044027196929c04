import { envelope } from '../episodes/operational-event.ts';
import type { Clock, ReplayPorts } from '../ports.ts';
import { missingOf, type ReplayRecord, replayMark } from './replay-record.ts';

type TellPorts = Pick<ReplayPorts, 'publisher' | 'clock'>;

export async function notifyReplayStarted(
  { publisher, clock }: TellPorts,
  replay: ReplayRecord,
): Promise<void> {
  const { range, place, asLive, events } = replay;
  await publisher.notify({
    type: 'ReplayStarted',
    detail: { ...replayEnvelope(replay, 'started', clock), ...range, source: place.source, asLive, events },
  });
}

export async function notifyReplayFinished(
  { publisher, clock }: TellPorts,
  replay: ReplayRecord,
): Promise<void> {
  const { events, published, refused } = replay;
  await publisher.notify({
    type: 'ReplayFinished',
    detail: {
      ...replayEnvelope(replay, 'finished', clock),
      events,
      published,
      refused,
      missing: missingOf(replay),
    },
  });
}

function replayEnvelope(replay: ReplayRecord, what: string, clock: Clock) {
  return {
    ...envelope(replay.integration, `replay/${replay.id}/${what}`, clock),
    replay: replayMark(replay),
  };
}
