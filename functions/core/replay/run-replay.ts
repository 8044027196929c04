import type { IntegrationId } from '../../contract/integration.ts';
import { envelope } from '../../contract/operational-events.ts';
import { failureOf } from '../episodes/health.ts';
import { isRunError, ReplayChangedError } from '../errors.ts';
import type { Clock, RunSettings } from '../ports.ts';
import type { Failure } from '../state/checkpoint.ts';
import type { ReplayPorts } from './ports.ts';
import { komboStart } from './replay-from-kombo.ts';
import { advanceReplay, missingOf, type ReplayRecord, replayMark } from './replay-record.ts';
import { type ReplayStep, replaySteps } from './replay-steps.ts';
import { sendReplayed, throttle } from './send-replayed.ts';

export type ReplayRun = {
  integration: IntegrationId;
  replay: string;
  /** The writer of the record: a value that is unique to this call. */
  writer: string;
  /** Returns whether there is time for another batch, which has at most the events of one second. */
  timeLeft: () => boolean;
  /** Called after each batch. */
  onProgress?: (replay: ReplayRecord) => void;
};

export type ReplayOutcome =
  | { kind: 'unknown' }
  /** Nothing was done, because the replay is finished or stopped (see its `state`). */
  | { kind: 'ended'; replay: ReplayRecord }
  /** The time was spent. Another call continues the replay. */
  | { kind: 'more'; replay: ReplayRecord }
  /** Another process sends the replay. */
  | { kind: 'superseded' }
  /** `replay.state` is `running` if another call may continue it, `stopped` if a person must resume it. */
  | { kind: 'failed'; failure: Failure; replay: ReplayRecord };

/** The maximum number of events that are sent together. */
const BATCH = 100;

/**
 * Continues a replay until it is finished or the time is spent. Each event is sent at least once, and the
 * events of each progression are sent in order. Changes no checkpoint and no known state.
 *
 * @throws unexpected errors; all other failures are returned as an outcome
 */
export async function runReplay(
  ports: ReplayPorts,
  settings: Pick<RunSettings, 'learnerDetails'>,
  run: ReplayRun,
): Promise<ReplayOutcome> {
  const stored = await ports.replays.readReplay(run.integration, run.replay);
  if (stored === null) return { kind: 'unknown' };
  if (stored.state !== 'running') return { kind: 'ended', replay: stored };

  const worker: ReplayWorker = { ports, settings, run, replay: stored };
  try {
    if (!worker.replay.notified) {
      await notifyStarted(worker);
      await save(worker, { notified: true });
    }
    if (!(await sendAll(worker))) return { kind: 'more', replay: worker.replay };
    await notifyFinished(worker);
    await save(worker, { state: 'finished' });
    return { kind: 'ended', replay: worker.replay };
  } catch (error) {
    if (error instanceof ReplayChangedError) return endSuperseded(ports, run);
    const failure = failureOf(error);
    const isTemporary = failure.kind === 'transient' || failure.kind === 'waiting';
    await save(worker, { failure, ...(isTemporary ? {} : { state: 'stopped' }) }).catch(() => undefined);
    if (!isRunError(error)) throw error;
    return { kind: 'failed', failure, replay: worker.replay };
  }
}

type ReplayWorker = {
  readonly ports: ReplayPorts;
  readonly settings: Pick<RunSettings, 'learnerDetails'>;
  readonly run: ReplayRun;
  /** The replay as it is stored. */
  replay: ReplayRecord;
};

async function save(worker: ReplayWorker, change: Partial<ReplayRecord>): Promise<void> {
  const { ports, run, replay } = worker;
  const next = {
    ...replay,
    ...change,
    movedAt: new Date(ports.clock()).toISOString(),
    revision: replay.revision + 1,
    writer: run.writer,
  };
  await ports.replays.saveReplay(next);
  worker.replay = next;
}

/** Sends the remaining events. Returns false if the time was spent before all of them were sent. */
async function sendAll(worker: ReplayWorker): Promise<boolean> {
  const { ports, settings, run } = worker;
  const { rate, orderedAt } = worker.replay;
  const waitForRate = throttle(rate, ports.stopwatch, ports.sleep);
  const most = Math.min(BATCH, rate);
  let batch: ReplayStep[] = [];

  const send = async () => {
    await waitForRate(batch.filter(({ event }) => event !== null).length);
    const sent = await sendReplayed(ports, settings, worker.replay, batch);
    batch = [];
    if (sent.steps > 0) await save(worker, advanceReplay(worker.replay, sent));
    run.onProgress?.(worker.replay);
    if (sent.error !== null) throw sent.error;
  };

  for await (const step of replaySteps(ports, worker.replay, orderedAt)) {
    if (batch.length === 0 && !run.timeLeft()) return false;
    batch.push(step);
    if (batch.length >= most || step.event === null) await send();
  }
  if (batch.length > 0) await send();
  const again = withoutFilter(worker.replay);
  if (again === null) return true;
  await save(worker, again);
  return sendAll(worker);
}

/**
 * Returns the changes that make a replay start again without a filter, or null. This is necessary if it found
 * fewer events than were counted, because platforms may filter differently.
 */
function withoutFilter(replay: ReplayRecord): Partial<ReplayRecord> | null {
  const { position } = replay;
  if (position.source !== 'kombo' || position.users.length === 0) return null;
  return missingOf(replay) === 0 ? null : { position: komboStart([]), published: 0, refused: 0 };
}

async function endSuperseded({ replays }: ReplayPorts, run: ReplayRun): Promise<ReplayOutcome> {
  const stored = await replays.readReplay(run.integration, run.replay);
  return stored === null || stored.state === 'running'
    ? { kind: 'superseded' }
    : { kind: 'ended', replay: stored };
}

async function notifyStarted({ ports, replay }: ReplayWorker): Promise<void> {
  const { range, position, asLive, events } = replay;
  const detail = {
    ...replayEnvelope(replay, 'started', ports.clock),
    ...range,
    source: position.source,
    asLive,
    events,
  };
  await ports.publisher.notify({ type: 'ReplayStarted', detail });
}

async function notifyFinished({ ports, replay }: ReplayWorker): Promise<void> {
  const { events, published, refused } = replay;
  const counts = { events, published, refused, missing: missingOf(replay) };
  const detail = { ...replayEnvelope(replay, 'finished', ports.clock), ...counts };
  await ports.publisher.notify({ type: 'ReplayFinished', detail });
}

function replayEnvelope(replay: ReplayRecord, what: string, clock: Clock) {
  const base = envelope(replay.integration, `replay/${replay.id}/${what}`, clock);
  return { ...base, replay: replayMark(replay) };
}
