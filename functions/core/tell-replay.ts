import { toolOf } from '../contract/integration-id.ts';
import type { ReplayPorts } from './ports.ts';
import { missingOf, type ReplayRecord, replayMark } from './replay-record.ts';

type TellPorts = Pick<ReplayPorts, 'publisher' | 'clock'>;

export async function tellReplayStarted(
  { publisher, clock }: TellPorts,
  replay: ReplayRecord,
): Promise<void> {
  const { range, place, asLive, events } = replay;
  await publisher.tell({
    type: 'ReplayStarted',
    detail: { ...frame(replay, 'started', clock()), ...range, source: place.source, asLive, events },
  });
}

export async function tellReplayFinished(
  { publisher, clock }: TellPorts,
  replay: ReplayRecord,
): Promise<void> {
  const { events, published, refused } = replay;
  await publisher.tell({
    type: 'ReplayFinished',
    detail: { ...frame(replay, 'finished', clock()), events, published, refused, missing: missingOf(replay) },
  });
}

function frame(replay: ReplayRecord, what: string, now: number) {
  const { integration, id } = replay;
  return {
    version: 1 as const,
    id: `${integration}/replay/${id}/${what}`,
    integration: { id: integration, tool: toolOf(integration) },
    at: new Date(now).toISOString(),
    replay: replayMark(replay),
  };
}
