import type { ReplayMessage } from '../contract/messages.ts';
import { logMessages } from '../contract/names.ts';
import type { ReplayRecord } from '../core/replay/replay-record.ts';
import type { ReplayOutcome } from '../core/replay/run-replay.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Reports the outcome of an invocation in one log line. */
export function reportReplay(telemetry: Telemetry, message: ReplayMessage, outcome: ReplayOutcome): void {
  const fields = {
    ...message,
    outcome: outcome.kind,
    ...('replay' in outcome && progressOf(outcome.replay)),
  };
  if (outcome.kind === 'failed') telemetry.warn(logMessages.replay, { ...fields, failure: outcome.failure });
  else telemetry.info(logMessages.replay, fields);
}

function progressOf({ state, events, published, refused }: ReplayRecord) {
  return { state, events, published, refused };
}
