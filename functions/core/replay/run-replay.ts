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
  /** Unique to this call. */
  writer: string;
  /** Whether there is time to send another batch, of a second's events at most. */
  timeLeft: () => boolean;
  /** Called after each batch. */
  onProgress?: (replay: ReplayRecord) => void;
};

export type ReplayOutcome =
  | { kind: 'unknown' }
  /** Not to be carried on: it is finished, or a person stopped it, as its `state` says. */
  | { kind: 'ended'; replay: ReplayRecord }
  /** The time was spent: another call carries it on. */
  | { kind: 'more'; replay: ReplayRecord }
  /** Another process carries it on. */
  | { kind: 'superseded' }
  /** `replay.state` says whether it goes on by itself in another call, or is stopped until a person lets it go on. */
  | { kind: 'failed'; failure: Failure; replay: ReplayRecord };

/** Events that are sent together, at most. */
const BATCH = 100;

/**
 * Carries a replay on from where it stands, for as long as there is time: at least once each event, those of one
 * progression in their order. Touches neither the live checkpoint nor a state.
 *
 * @throws what no part expected; everything else is an outcome
 */
export async function runReplay(
  ports: ReplayPorts,
  settings: Pick<RunSettings, 'learnerDetails'>,
  run: ReplayRun,
): Promise<ReplayOutcome> {
  const stored = await ports.replays.readReplay(run.integration, run.replay);
  if (stored === null) return { kind: 'unknown' };
  if (stored.state !== 'running') return { kind: 'ended', replay: stored };

  const worker = replayWorker(ports, run, stored);
  try {
    if (!worker.replay.notified) {
      await notifyReplayStarted(ports, worker.replay);
      await worker.move({ notified: true });
    }
    const isThrough = await sendAll(ports, settings, run, worker);
    if (!isThrough) return { kind: 'more', replay: worker.replay };
    await notifyReplayFinished(ports, worker.replay);
    await worker.move({ state: 'finished' });
    return { kind: 'ended', replay: worker.replay };
  } catch (error) {
    if (error instanceof ReplayChangedError) return endSuperseded(ports, run);
    const failure = failureOf(error);
    const passes = failure.kind === 'transient' || failure.kind === 'waiting';
    await worker.move({ failure, ...(passes ? {} : { state: 'stopped' }) }).catch(() => undefined);
    if (!isRunError(error)) throw error;
    return { kind: 'failed', failure, replay: worker.replay };
  }
}

type ReplayWorker = { replay: ReplayRecord; move(change: Partial<ReplayRecord>): Promise<void> };

function replayWorker({ replays, clock }: ReplayPorts, { writer }: ReplayRun, stored: ReplayRecord) {
  const worker: ReplayWorker = {
    replay: stored,
    async move(change) {
      const next = {
        ...worker.replay,
        ...change,
        movedAt: new Date(clock()).toISOString(),
        revision: worker.replay.revision + 1,
        writer,
      };
      await replays.saveReplay(next);
      worker.replay = next;
    },
  };
  return worker;
}

/** @returns whether all of it is sent; otherwise the time is spent */
async function sendAll(
  ports: ReplayPorts,
  settings: Pick<RunSettings, 'learnerDetails'>,
  run: ReplayRun,
  worker: ReplayWorker,
): Promise<boolean> {
  const { timeLeft, onProgress } = run;
  const { rate, orderedAt } = worker.replay;
  const holdBack = throttle(rate, ports.stopwatch, ports.sleep);
  const most = Math.min(BATCH, rate);
  let batch: ReplayStep[] = [];

  const send = async () => {
    const count = batch.filter(({ event }) => event !== null).length;
    if (count > 0) await holdBack(count);
    const sent = await sendReplayed(ports, settings, worker.replay, batch);
    batch = [];
    if (sent.steps > 0) await worker.move(advanceReplay(worker.replay, sent));
    onProgress?.(worker.replay);
    if (sent.error !== null) throw sent.error;
  };

  for await (const step of replaySteps(ports, worker.replay, orderedAt)) {
    if (batch.length === 0 && !timeLeft()) return false;
    // What waits to be sent comes again.
    if (step.fromBeginning) batch = [];
    batch.push(step);
    if (batch.length >= most || step.event === null) await send();
  }
  if (batch.length > 0) await send();
  const again = askForAll(worker.replay);
  if (again === null) return true;
  await worker.move(again);
  return sendAll(ports, settings, run, worker);
}

/**
 * What changes of a replay that asked Kombo for the records of some learners and courses, and found fewer events than
 * were counted: it begins again and asks for all records, since nobody knows how each platform filters.
 *
 * @returns null where it asked for all, or found what was counted
 */
function askForAll(replay: ReplayRecord): Partial<ReplayRecord> | null {
  const { place } = replay;
  if (place.source !== 'kombo' || place.users.length + place.courses.length === 0) return null;
  return missingOf(replay) === 0 ? null : { place: komboStart([], []), published: 0, refused: 0 };
}

async function endSuperseded({ replays }: ReplayPorts, run: ReplayRun): Promise<ReplayOutcome> {
  const stored = await replays.readReplay(run.integration, run.replay);
  return stored === null || stored.state === 'running'
    ? { kind: 'superseded' }
    : { kind: 'ended', replay: stored };
}

type NotifyPorts = Pick<ReplayPorts, 'publisher' | 'clock'>;

export async function notifyReplayStarted(
  { publisher, clock }: NotifyPorts,
  replay: ReplayRecord,
): Promise<void> {
  const { range, place, asLive, events } = replay;
  await publisher.notify({
    type: 'ReplayStarted',
    detail: { ...replayEnvelope(replay, 'started', clock), ...range, source: place.source, asLive, events },
  });
}

export async function notifyReplayFinished(
  { publisher, clock }: NotifyPorts,
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
