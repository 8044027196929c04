import { randomUUID } from 'node:crypto';
import type { RunSettings } from '../../functions/core/ports.ts';
import { changeReplay } from '../../functions/core/replay/order-replay.ts';
import type { ReplayPorts } from '../../functions/core/replay/ports.ts';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { runReplay } from '../../functions/core/replay/run-replay.ts';
import { CommandError } from '../terminal/exit-code.ts';

/**
 * Carries a replay on in this process until it is finished, fails or is to stop; it is then marked as stopped.
 *
 * @returns the replay as it stands then
 * @throws CommandError when another process carries it on
 */
export async function runReplayHere(
  ports: ReplayPorts,
  settings: RunSettings,
  replay: ReplayRecord,
  { stop, onProgress }: { stop: AbortSignal; onProgress: (replay: ReplayRecord) => void },
): Promise<ReplayRecord> {
  const writer = randomUUID();
  const outcome = await runReplay(ports, settings, {
    integration: replay.integration,
    replay: replay.id,
    writer,
    timeLeft: () => !stop.aborted,
    onProgress,
  });
  switch (outcome.kind) {
    case 'ended':
      return outcome.replay;
    case 'more':
    case 'failed':
      return outcome.replay.state === 'running'
        ? changeReplay(ports, outcome.replay, { state: 'stopped', writer })
        : outcome.replay;
    case 'superseded':
      throw new CommandError(`Another process carries on the replay ${replay.id}: it was left to it.`);
    case 'unknown':
      throw new CommandError(`The replay ${replay.id} is no longer there.`);
  }
}
