import type { LearnerDetails } from '../../contract/event-parts.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';
import type { DetailsById } from '../decide/events-of-entry.ts';
import { readLearnerDetails } from '../journal/commit-entry.ts';
import type { Clock, RunSettings } from '../ports.ts';
import type { ReplayPorts } from './ports.ts';
import { type ReplayPosition, type ReplayRecord, replayMark } from './replay-record.ts';
import type { ReplayStep } from './replay-steps.ts';

/** What became of steps: how many from the beginning are settled, and what stopped the rest. */
export type SentSteps = {
  steps: number;
  published: number;
  refused: number;
  next: ReplayPosition | null;
  fromBeginning: boolean;
  error: Error | null;
};

/**
 * Sends the events of some steps, marked as replayed, with today's learner details where the deployment includes them.
 * An event that the bus refuses for good is counted and not set aside: to retry it from there would publish it as a live
 * one.
 */
export async function sendReplayed(
  ports: ReplayPorts,
  settings: Pick<RunSettings, 'learnerDetails'>,
  replay: ReplayRecord,
  steps: ReplayStep[],
): Promise<SentSteps> {
  const placed = steps.flatMap(({ event }, step) => (event === null ? [] : [{ event, step }]));
  const progressions = placed.map(({ event }) => event.detail.progression.id);
  const details =
    settings.learnerDetails === 'omit'
      ? null
      : await readLearnerDetails(ports.kombo, replay.integration, progressions);
  const events = placed.map(({ event }) => asReplayed(event, replay, details));
  const { accepted, refused, error } =
    events.length === 0 ? { accepted: [], refused: [], error: null } : await ports.publisher.publish(events);

  const settled = new Set([...accepted, ...refused.map(({ index }) => index)]);
  const firstOpen = placed.findIndex((_, index) => !settled.has(index));
  const open = firstOpen < 0 ? steps.length : (placed[firstOpen]?.step ?? 0);
  const isCounted = (index: number) => (placed[index]?.step ?? 0) < open;
  return {
    steps: open,
    published: accepted.filter(isCounted).length,
    refused: refused.filter(({ index }) => isCounted(index)).length,
    next: steps[open - 1]?.next ?? null,
    fromBeginning: steps.some(({ fromBeginning }) => fromBeginning),
    error: firstOpen < 0 ? null : error,
  };
}

function asReplayed(
  { type, detail }: LearningEvent,
  replay: ReplayRecord,
  details: DetailsById | null,
): LearningEvent {
  const learner =
    details === null
      ? detail.learner
      : { ...detail.learner, ...(details.get(detail.progression.id) ?? NO_DETAILS) };
  // Without the mark it is the live event again: the publisher gives it its own name.
  return { type, detail: { ...detail, learner, ...(replay.asLive ? {} : { replay: replayMark(replay) }) } };
}

const NO_DETAILS: LearnerDetails = { firstName: null, lastName: null, email: null };

/**
 * Limits sending to `perSecond` items per second: each call waits for the time that the items before it take.
 *
 * @param perSecond above 0
 * @returns to be called with the number that is about to be sent
 */
export function throttle(
  perSecond: number,
  stopwatch: Clock,
  sleep: (ms: number) => Promise<void>,
): (count: number) => Promise<void> {
  let freeAt = stopwatch();
  return async (count) => {
    const wait = freeAt - stopwatch();
    if (wait > 0) await sleep(wait);
    freeAt = Math.max(freeAt, stopwatch()) + (count * 1000) / perSecond;
  };
}
