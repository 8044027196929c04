import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { changeReplay } from '../../functions/core/replay/order-replay.ts';
import type { ReplayPorts, ReplayStore } from '../../functions/core/replay/ports.ts';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { runReplay } from '../../functions/core/replay/run-replay.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import { type ReplayProgress, replayText } from '../views/replay-view.ts';

export type ReplayCommand = {
  deployment: Deployment;
  output: Output;
  progress: ReplayProgress;
  /** Whether this process sends. */
  here: boolean;
};

/** Has a replay carried on, by this process or by the deployment, and shows it until it ends or a person leaves. */
export async function carryOn(at: ReplayCommand, replay: ReplayRecord): Promise<void> {
  const { ports, settings, replayQueue } = at.deployment;
  if (at.here || replayQueue === null) {
    if (!at.here)
      at.output.say('The deployment has no replay function: this process sends. Ctrl-C stops it.');
    const { show } = at.progress;
    return end(
      at,
      await untilInterrupted((stop) => runReplayHere(ports, settings, replay, { stop, onProgress: show })),
    );
  }
  const { integration, id } = replay;
  await replayQueue.send([{ integration, replay: id }]);
  at.output.say(`The deployment sends replay ${id}. Ctrl-C leaves it to it.`);
  await watch(at, replay);
}

/** Shows a replay that the deployment carries on until it ends or a person leaves. */
export async function watch(at: ReplayCommand, replay: ReplayRecord): Promise<void> {
  const { replays } = at.deployment.ports;
  const latest = await untilInterrupted((stop) =>
    followReplay(replays, replay, { stop, onProgress: at.progress.show }),
  );
  end(at, latest);
  if (latest.state !== 'running') return;
  const command = `schoolbell replay ${latest.integration}`;
  at.output.say(
    `It goes on. Watch it with: ${command} --resume ${latest.id}, or stop it with: ${command} --stop ${latest.id}`,
  );
}

async function untilInterrupted<Result>(work: (stop: AbortSignal) => Promise<Result>): Promise<Result> {
  const leaving = new AbortController();
  const leave = () => leaving.abort();
  process.once('SIGINT', leave);
  process.once('SIGTERM', leave);
  try {
    return await work(leaving.signal);
  } finally {
    process.removeListener('SIGINT', leave);
    process.removeListener('SIGTERM', leave);
  }
}

/** Says how the replay stands; one that was stopped by a failure is one. */
function end({ output, progress }: ReplayCommand, replay: ReplayRecord): void {
  progress.close();
  const text = replayText(replay);
  if (replay.state === 'stopped' && replay.failure !== null) {
    output.complain(text);
    process.exitCode = ExitCode.failed;
    return;
  }
  const { id, integration, state, events, published, refused } = replay;
  output.answer({ replay: id, integration, state, events, published, refused }, text);
}

const EVERY_MS = 2_000;

/**
 * Watches a replay that the deployment carries on until it is finished or stopped, or until `stop`: it then goes on
 * without a watcher.
 *
 * @returns the replay as it was seen last
 */
export async function followReplay(
  replays: Pick<ReplayStore, 'readReplay'>,
  replay: ReplayRecord,
  watch: { stop: AbortSignal; onProgress: (replay: ReplayRecord) => void; everyMs?: number },
): Promise<ReplayRecord> {
  const { stop, onProgress, everyMs = EVERY_MS } = watch;
  let latest = replay;
  while (!stop.aborted) {
    latest = (await replays.readReplay(replay.integration, replay.id)) ?? latest;
    onProgress(latest);
    if (latest.state !== 'running') break;
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return latest;
}

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

/** A replay of the deployment without progress for this time has lost its function's message. */
const LOST_AFTER_MS = 20 * 60 * 1000;

/** `replay --resume`: a stopped replay goes on; one that runs is watched, or carried on when its process is gone. */
export async function resumeReplay(
  at: ReplayCommand,
  integration: IntegrationId,
  id: string | true,
): Promise<void> {
  const { ports } = at.deployment;
  const replay = await find(ports.replays, integration, id);
  if (replay.state === 'finished') return at.output.answer(replay, replayText(replay));
  const isMoving = replay.state === 'running' && ports.clock() - Date.parse(replay.movedAt) < LOST_AFTER_MS;
  if (isMoving && !at.here) return watch(at, replay);
  await carryOn(at, await changeReplay(ports, replay, { state: 'running', writer: randomUUID() }));
}

/** `replay --stop`: the process that carries it on ends at its next step. */
export async function stopReplay(
  at: ReplayCommand,
  integration: IntegrationId,
  id: string | true,
): Promise<void> {
  const { ports } = at.deployment;
  const replay = await find(ports.replays, integration, id);
  const stopped = await changeReplay(ports, replay, { state: 'stopped', writer: randomUUID() });
  at.output.answer(stopped, replayText(stopped));
}

/** @throws CommandError when there is none */
async function find(
  replays: ReplayStore,
  integration: IntegrationId,
  id: string | true,
): Promise<ReplayRecord> {
  if (id !== true) {
    const replay = await replays.readReplay(integration, id);
    if (replay !== null) return replay;
    throw new CommandError(
      `There is no replay ${id} of ${integration}. See them with: schoolbell replay ${integration} --list`,
    );
  }
  const all = await replays.readReplays(integration);
  const open = all.find(({ state }) => state !== 'finished');
  if (open !== undefined) return open;
  throw new CommandError(`No replay of ${integration} is unfinished.`);
}
