import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import type { Output } from '../terminal/output.ts';
import type { ReplayProgress } from '../views/replay-progress.ts';
import { replayText } from '../views/replay-text.ts';
import { followReplay } from './follow-replay.ts';
import { runReplayHere } from './run-replay-here.ts';

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
