import { KIND_DIMENSION, logMessages, metricNames as names } from '../contract/names.ts';
import type { PollOutcome } from '../core/poll/run-poll.ts';
import type { LastRun } from '../core/state/checkpoint.ts';
import type { Published } from '../telemetry/published-counter.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Reports the outcome of a run: one log line, which names the integration, and metrics, which do not. */
export function reportRun(
  telemetry: Telemetry,
  integration: string,
  outcome: PollOutcome,
  published: Published,
): void {
  const ended = 'ended' in outcome ? outcome.ended : [];
  const { byType, refused, komboLagSeconds, ownLagSeconds } = published;
  const fields = {
    integration,
    outcome: outcome.kind,
    ended,
    events: byType,
    komboLagSeconds,
    ownLagSeconds,
  };
  const failure = outcome.kind === 'failed' ? outcome.failure : null;
  if (failure !== null) telemetry.warn(logMessages.run, { ...fields, failure });
  else if (outcome.kind === 'refused') telemetry.warn(logMessages.run, { ...fields, reason: outcome.reason });
  else if (outcome.kind === 'limited') telemetry.info(logMessages.run, { ...fields, until: outcome.until });
  else telemetry.info(logMessages.run, fields);

  const events = Object.values(byType).reduce((sum, count) => sum + count, 0);
  const setAside = ended.reduce((sum, run) => sum + run.setAside, refused);
  telemetry.measure({
    ...(ended.length > 0 && endedMetrics(ended)),
    ...((ended.length > 0 || refused > 0) && { [names.setAside]: setAside }),
    ...(events > 0 && { [names.eventsPublished]: events }),
    ...(komboLagSeconds !== null && { [names.komboLagSeconds]: komboLagSeconds }),
    ...(ownLagSeconds !== null && { [names.ownLagSeconds]: ownLagSeconds }),
    ...(failure !== null && { [names.runsFailed]: 1 }),
    ...(failure?.kind === 'deployment' && { [names.deploymentErrors]: 1 }),
  });
  if (failure !== null) telemetry.measure({ [names.runsFailed]: 1 }, { [KIND_DIMENSION]: failure.kind });
}

function endedMetrics(ended: LastRun[]) {
  const sum = (field: 'pages' | 'records' | 'missed' | 'unknownStatuses') =>
    ended.reduce((total, run) => total + run[field], 0);
  return {
    [names.runsEnded]: ended.length,
    [names.pagesRead]: sum('pages'),
    [names.recordsRead]: sum('records'),
    [names.changesMissed]: sum('missed'),
    [names.unknownStatuses]: sum('unknownStatuses'),
  };
}
