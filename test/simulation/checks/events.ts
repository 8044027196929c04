import type { LearningEventType } from '../../../functions/contract/learning-event-type.ts';
import type { LearningEventDetail } from '../../../functions/contract/learning-events.ts';
import type { ProgressionState } from '../../../functions/contract/progression-state.ts';
import type { ShownState } from '../kombo/kombo-wire.ts';
import type { Stories, TakenEvent } from './chains.ts';
import type { Accuse } from './violation.ts';

const DAY = 24 * 60 * 60 * 1000;
const STATUSES = new Set(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED']);

/** What the table of events says of each, written again from the design. */
const MEANINGS: Record<
  LearningEventType,
  (is: ProgressionState, was: ProgressionState | null, detail: LearningEventDetail) => boolean
> = {
  LearnerEnrolled: (is, was) => is.status === 'ENROLLED' && (was?.status ?? null) === null,
  CourseStarted: (is, was) => is.status === 'IN_PROGRESS' && [null, 'ENROLLED'].includes(was?.status ?? null),
  CourseCompleted: (is, was) => is.status === 'COMPLETED' && was?.status !== 'COMPLETED',
  CourseRecompleted: (is, was) =>
    staysCompleted(is, was) && time(is.completedAt) - time(was?.completedAt) > DAY,
  CompletionCorrected: (is, was) =>
    staysCompleted(is, was) &&
    is.completedAt !== was?.completedAt &&
    (was?.completedAt === null || time(is.completedAt) - time(was?.completedAt) <= DAY),
  CourseReopened: (is, was) => was?.status === 'COMPLETED' && isOpen(is),
  LearnerDropped: (is, was) => is.status === 'DROPPED' && was?.status !== 'DROPPED',
  LearnerReenrolled: (is, was) => was?.status === 'DROPPED' && isOpen(is),
  ProgressReset: (is, was) => was?.status === 'IN_PROGRESS' && is.status === 'ENROLLED',
  EnrollmentCorrected: (is, was) => is.status === was?.status && is.enrolledAt !== was?.enrolledAt,
  ProgressionRemoved: (is, was) => is.removedAt !== null && was !== null && was.removedAt === null,
  ProgressionRestored: (is, was) => is.removedAt === null && was !== null && was.removedAt !== null,
  LearnerDataErased: (_is, was, { changes }) => was !== null && changes.includes('learner'),
};

/** Each event means what its name says, and tells of a state that Kombo really showed, in the order in which it did. */
export function checkEvents(stories: Stories, shown: Map<string, ShownState[]>, accuse: Accuse): void {
  for (const [id, events] of stories) {
    const states = shown.get(id) ?? [];
    let latest = 0;
    for (const event of events) {
      const { detail, type } = event;
      if (!MEANINGS[type](detail.progression, detail.previous, detail)) {
        accuse('events mean what they say', `${type} ${JSON.stringify(detail)}`);
      }
      const place = states.findIndex((state, at) => at >= latest && tells(event, state));
      if (place >= 0) latest = place;
      else accuse('events tell what Kombo showed', `${type} ${JSON.stringify(detail)}`);
    }
    checkFirst(id, events[0], states, accuse);
  }
}

/** What was known before the first event was stored without a word: something that Kombo showed all the same. */
function checkFirst(id: string, first: TakenEvent | undefined, shown: ShownState[], accuse: Accuse): void {
  const previous = first?.detail.previous ?? null;
  if (previous === null) return;
  const wasShown =
    (previous.status === null || shown.some(({ status }) => known(status) === previous.status)) &&
    shown.some(({ enrolledAt }) => iso(enrolledAt) === previous.enrolledAt) &&
    shown.some(({ completedAt }) => iso(completedAt) === previous.completedAt) &&
    shown.some(({ removedAt, isErased }) => isErased || iso(removedAt) === previous.removedAt);
  if (!wasShown) accuse('events tell what Kombo showed', `${id} began with ${JSON.stringify(previous)}`);
}

/** A null of Kombo's leaves what was known; a removal may be told in an event of its own, or not be believed. */
function tells({ detail: { progression: is, previous: was } }: TakenEvent, state: ShownState): boolean {
  const isNewStatus = known(state.status) !== null && was?.status !== null && was?.status !== is.status;
  return (
    is.status === (known(state.status) ?? was?.status ?? null) &&
    is.enrolledAt === (iso(state.enrolledAt) ?? was?.enrolledAt ?? null) &&
    is.completedAt === (iso(state.completedAt) ?? (isNewStatus ? null : (was?.completedAt ?? null))) &&
    (state.isErased || is.removedAt === iso(state.removedAt) || is.removedAt === (was?.removedAt ?? null))
  );
}

/** A status as far as it is one of the four. */
export function known(status: string | null): string | null {
  return status !== null && STATUSES.has(status) ? status : null;
}

export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function staysCompleted(is: ProgressionState, was: ProgressionState | null): boolean {
  return is.status === 'COMPLETED' && was?.status === 'COMPLETED';
}

function isOpen({ status }: ProgressionState): boolean {
  return status === 'ENROLLED' || status === 'IN_PROGRESS';
}

function time(text: string | null | undefined): number {
  return text === null || text === undefined ? Number.NaN : Date.parse(text);
}
