import { randomUUID } from 'node:crypto';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { changeReplay } from '../../functions/core/replay/order-replay.ts';
import type { ReplayPorts, ReplayStore } from '../../functions/core/replay/ports.ts';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { runReplay } from '../../functions/core/replay/run-replay.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { InterruptedError, interruption, pause } from '../terminal/interruption.ts';
import type { Output } from '../terminal/output.ts';
import { unlessTemporary } from '../terminal/report-error.ts';
import { type ReplayProgress, replayText } from '../views/replay-view.ts';

export type ReplayCommand = {
  deployment: Deployment;
  output: Output;
  progress: ReplayProgress;
  /** Whether this process must send the events even when there is a deployment on AWS. */
  here: boolean;
};

type Sending = { stop: AbortSignal; onProgress: (replay: ReplayRecord) => void };
type Following = Sending & { onFailure: (text: string) => void };

/** After this time without progress, a replay's sender has probably ended, or its message is lost. */
const LOST_AFTER_MS = 20 * 60 * 1000;

const FOLLOW_EVERY_MS = 2_000;

/** Sends a replay from this process or by the deployment, and shows its progress until the end or Ctrl-C. */
export async function startReplay(at: ReplayCommand, replay: ReplayRecord): Promise<void> {
  const { ports, settings, replayQueue } = at.deployment;
  if (at.here || replayQueue === null) {
    if (!at.here) {
      at.output.say(
        'The deployment has no replay function, so this process sends the events. Ctrl-C stops the replay.',
      );
    }
    const sending = { stop: interruption(), onProgress: at.progress.show };
    return report(at, await runReplayHere(ports, settings, replay, sending));
  }
  const { integration, id } = replay;
  try {
    await replayQueue.send([{ integration, replay: id }]);
  } catch (error) {
    // Without the message, nothing sends the replay, and `--resume` would only watch it.
    const stopped = await changeReplay(ports, replay, { state: 'stopped', writer: randomUUID() });
    at.output.say(replayText(stopped));
    throw error;
  }
  at.output.say(`The deployment sends replay ${id}. It continues after Ctrl-C.`);
  await watchReplay(at, replay);
}

/** If another process is sending the replay, only shows its progress. */
export async function resumeReplay(
  at: ReplayCommand,
  integration: IntegrationId,
  id: string | true,
): Promise<void> {
  const { ports } = at.deployment;
  const replay = await findReplay(ports.replays, integration, id, ['running', 'stopped']);
  if (replay.state === 'finished') return at.output.result(replay, replayText(replay));
  const isMoving = replay.state === 'running' && ports.clock() - Date.parse(replay.movedAt) < LOST_AFTER_MS;
  if (isMoving && !at.here) return watchReplay(at, replay);
  await startReplay(at, await changeReplay(ports, replay, { state: 'running', writer: randomUUID() }));
}

/** The process that sends the replay ends after its current batch. */
export async function stopReplay(
  { deployment: { ports }, output }: ReplayCommand,
  integration: IntegrationId,
  id: string | true,
): Promise<void> {
  const replay = await findReplay(ports.replays, integration, id, ['running']);
  const stopped = await changeReplay(ports, replay, { state: 'stopped', writer: randomUUID() });
  output.result(stopped, replayText(stopped));
}

async function watchReplay(at: ReplayCommand, replay: ReplayRecord): Promise<void> {
  const { replays } = at.deployment.ports;
  const onFailure = (text: string) => at.progress.above(() => at.output.error(text));
  const following = { stop: interruption(), onProgress: at.progress.show, onFailure };
  const latest = await followReplay(replays, replay, following);
  report(at, latest);
  if (latest.state !== 'running') return;
  const command = `schoolbell replay ${latest.integration}`;
  at.output.say(
    `The replay continues. Watch it with: ${command} --resume ${latest.id}, or stop it with: ${command} --stop ${latest.id}`,
  );
}

/**
 * Returns the replay as it was last read. `stop` ends only the reading, not the replay. After a temporary
 * failure, calls `onFailure` and reads again.
 */
export async function followReplay(
  replays: Pick<ReplayStore, 'readReplay'>,
  replay: ReplayRecord,
  { stop, onProgress, onFailure, everyMs = FOLLOW_EVERY_MS }: Following & { everyMs?: number },
): Promise<ReplayRecord> {
  let latest = replay;
  while (!stop.aborted) {
    const read = replays.readReplay(replay.integration, replay.id);
    latest = (await unlessTemporary(read, onFailure)) ?? latest;
    onProgress(latest);
    if (latest.state !== 'running') break;
    await pause(everyMs, stop);
  }
  return latest;
}

/**
 * Sends a replay from this process. A replay that fails, or that `stop` ends, is marked as stopped.
 *
 * @throws CommandError when another process sends the replay, or when it no longer exists
 */
export async function runReplayHere(
  ports: ReplayPorts,
  settings: RunSettings,
  replay: ReplayRecord,
  { stop, onProgress }: Sending,
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
      throw new CommandError(
        `Another process now sends the replay ${replay.id}, so this process has stopped.`,
      );
    case 'unknown':
      throw new CommandError(`The replay ${replay.id} no longer exists.`);
  }
}

function report({ output, progress }: ReplayCommand, replay: ReplayRecord): void {
  progress.close();
  const text = replayText(replay);
  if (replay.state === 'stopped' && replay.failure !== null) {
    output.error(text);
    process.exitCode = ExitCode.failed;
    return;
  }
  const { id, integration, state, events, published, refused } = replay;
  const isCut = state === 'stopped' && interruption().aborted;
  if (output.json || !isCut)
    output.result({ replay: id, integration, state, events, published, refused }, text);
  if (isCut) throw new InterruptedError(text);
}

/** If `id` is true, returns the latest replay in one of these states. */
async function findReplay(
  replays: ReplayStore,
  integration: IntegrationId,
  id: string | true,
  states: ReplayRecord['state'][],
): Promise<ReplayRecord> {
  if (id !== true) {
    const replay = await replays.readReplay(integration, id);
    if (replay !== null) return replay;
    throw new CommandError(
      `There is no replay ${id} of ${integration}. List them with: schoolbell replay ${integration} --list`,
    );
  }
  const all = await replays.readReplays(integration);
  const latest = all.find(({ state }) => states.includes(state));
  if (latest !== undefined) return latest;
  throw new CommandError(`${integration} has no replay that is ${states.join(' or ')}.`);
}
