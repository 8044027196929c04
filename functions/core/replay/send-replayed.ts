import type { LearnerDetails } from '../../contract/event-parts.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';
import type { DetailsById } from '../decide/events-of-entry.ts';
import { readLearnerDetails } from '../journal/commit-entry.ts';
import type { Clock, RunSettings } from '../ports.ts';
import type { ReplayPorts } from './ports.ts';
import { type ReplayPosition, type ReplayRecord, replayMark } from './replay-record.ts';
import type { ReplayStep } from './replay-steps.ts';

/**
 * `steps`: how many steps are finished, from the first on. `next`: the position after them; null if none is
 * finished. `error`: why the other steps were not sent; null if all steps are finished.
 */
type SentSteps = {
  steps: number;
  published: number;
  refused: number;
  next: ReplayPosition | null;
  fromBeginning: boolean;
  error: Error | null;
};

/**
 * Sends the events of some steps, with the present learner details if the deployment includes them. An event
 * that the bus refuses permanently is counted but not set aside: a retry from the set-aside list would
 * publish it as a live event.
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
  const { accepted, refused, error } = await ports.publisher.publish(events);

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
    error,
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
  // Without `replay`, the event is published with the name of a live event.
  return { type, detail: { ...detail, learner, ...(replay.asLive ? {} : { replay: replayMark(replay) }) } };
}

const NO_DETAILS: LearnerDetails = { firstName: null, lastName: null, email: null };

/**
 * Returns a function to call with the number of items before they are sent. It waits until the items of the
 * earlier calls are within the limit of `perSecond` (above 0).
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
