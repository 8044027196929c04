import { isDeepStrictEqual } from 'node:util';
import { LearningEventType } from '../../../functions/contract/event-parts.ts';
import { type LearningEventDetail, learningEvents } from '../../../functions/contract/learning-events.ts';
import type { ReceivedEvent } from '../world/received-events.ts';
import type { Accuse } from './violation.ts';

/** A learning event as the bus first received it, whether the bus accepted or refused it. */
export type TakenEvent = {
  type: LearningEventType;
  detail: LearningEventDetail;
  place: number;
  wasRefused: boolean;
};

/**
 * The events of each progression in the journal's order, without repeated ids. Refused events are included at
 * their positions.
 */
export type Stories = Map<string, TakenEvent[]>;

/**
 * Parses the events as a consumer would. Checks that they follow their schemas, and that events with the same
 * id have the same content.
 */
export function storiesOf(received: ReceivedEvent[], refused: ReceivedEvent[], accuse: Accuse): Stories {
  const taken = new Map<string, TakenEvent>();
  const all = [
    ...received.map((event) => ({ event, wasRefused: false })),
    ...refused.map((event) => ({ event, wasRefused: true })),
  ];
  for (const [place, { event, wasRefused }] of all.entries()) {
    if (event.journal === null) continue;
    const type = LearningEventType.parse(event.type);
    const parsed = learningEvents[type].safeParse(JSON.parse(event.json));
    if (!parsed.success) {
      accuse('events follow their schema', `${event.json}: ${parsed.error.message}`);
      continue;
    }
    const detail = parsed.data;
    const before = taken.get(detail.id);
    if (before === undefined) {
      taken.set(detail.id, { type, detail, place, wasRefused });
    } else if (before.type !== type || !isDeepStrictEqual(lasting(before.detail), lasting(detail))) {
      accuse('event ids are stable', `${event.json} was ${JSON.stringify(before.detail)}`);
    }
  }
  const stories: Stories = new Map();
  for (const event of [...taken.values()].sort(byJournal)) {
    const { id } = event.detail.progression;
    stories.set(id, [...(stories.get(id) ?? []), event]);
  }
  return stories;
}

/**
 * Checks the events of each progression in the journal's order. Each `previous` must be the state of the
 * preceding event, and the bus must have accepted the preceding event first. The order of refused events is
 * not checked.
 */
export function checkChains(stories: Stories, accuse: Accuse): void {
  for (const [id, events] of stories) {
    for (const [at, event] of events.entries()) {
      const before = events[at - 1];
      if (before === undefined) continue;
      const isUnbroken = isDeepStrictEqual(event.detail.previous, before.detail.progression);
      if (!isUnbroken) {
        const link = `${before.detail.id} left ${JSON.stringify(before.detail.progression)}`;
        const next = `${event.detail.id} begins with ${JSON.stringify(event.detail.previous)}`;
        accuse('one unbroken chain per progression', `${id}: ${link}, ${next}`);
      }
      const isLate = !event.wasRefused && !before.wasRefused && event.place < before.place;
      if (isLate) accuse('events are in order', `${event.detail.id} was accepted before ${before.detail.id}`);
    }
  }
}

/**
 * Returns the event without the fields that may differ between two publications: the learner details, which
 * are those at the time of publication.
 */
function lasting(detail: LearningEventDetail): unknown {
  const { id, remoteId } = detail.learner;
  return { ...detail, learner: { id, remoteId } };
}

function byJournal(a: TakenEvent, b: TakenEvent): number {
  const [left, right] = [a.detail.journal, b.detail.journal];
  if (left === null || right === null) return 0;
  return left.entry - right.entry || left.index - right.index;
}
