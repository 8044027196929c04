import fc from 'fast-check';
import type { LearningEventType, Status } from '../../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import { type EventFacts, eventAt } from './some-history.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A small number of dates, so that a course is often completed again with an earlier date. */
const DATES = [
  '2026-03-02T09:30:00.000Z',
  '2026-03-02T20:00:00.000Z',
  '2026-03-03T09:30:00.000Z',
  '2026-05-04T08:00:00.000Z',
];

const step = fc.record({
  kind: fc.constantFrom(
    ...(['complete', 'complete', 'date', 'open', 'enrol', 'drop'] as const),
    ...(['remove', 'remove', 'restore', 'erase', 'erase', 'enrolment', 'kombo'] as const),
  ),
  date: fc.option(fc.constantFrom(...DATES), { freq: 4 }),
  /** The number of journal entries since the previous step. 0 means the same entry. */
  entries: fc.nat(2),
});
/** What a silent first sync may have stored: nothing, or a completion without an event. */
const baseline: fc.Arbitrary<Known> = fc.constantFrom(
  { status: null, completedAt: null, isRemoved: false },
  { status: 'COMPLETED', completedAt: DATES[0] ?? null, isRemoved: false },
);
type Step = { kind: string; date: string | null; entries: number };

/** The events of one progression as Schoolbell publishes them, in the order of the journal. */
export const randomHistory: fc.Arbitrary<LearningEvent[]> = fc
  .tuple(fc.array(step, { minLength: 1, maxLength: 14 }), baseline)
  .map(([steps, first]) => playHistory(steps, first));

type Known = { status: Status | null; completedAt: string | null; isRemoved: boolean };

function playHistory(steps: Step[], first: Known): LearningEvent[] {
  const events: LearningEvent[] = [];
  let known = first;
  let position = { entry: 1, index: 0 };
  for (const [at, { kind, date, entries }] of steps.entries()) {
    const after = stateAfter(known, kind, date);
    const type = after === null ? null : eventOf(known, after, kind);
    if (after === null || type === null) continue;
    position =
      entries === 0
        ? { ...position, index: position.index + 1 }
        : { entry: position.entry + entries, index: 0 };
    const facts: EventFacts = {
      completedAt: after.completedAt,
      occurredAt: after.completedAt ?? `2026-07-${10 + at}T00:00:00.000Z`,
      ...(after.status !== null && { status: after.status }),
    };
    events.push(eventAt(kind === 'kombo' ? null : position, type, facts));
    known = after;
  }
  return events;
}

/** Returns the state after a step, or null if the step changes nothing. */
function stateAfter(known: Known, kind: string, date: string | null): Known | null {
  const { status, completedAt, isRemoved } = known;
  switch (kind) {
    case 'complete':
      return status === 'COMPLETED' ? null : { ...known, status: 'COMPLETED', completedAt: date };
    case 'date':
      return status !== 'COMPLETED' || date === null || date === completedAt
        ? null
        : { ...known, completedAt: date };
    case 'open':
      return status === 'IN_PROGRESS' ? null : { ...known, status: 'IN_PROGRESS', completedAt: null };
    case 'enrol':
      return status === 'ENROLLED' ? null : { ...known, status: 'ENROLLED', completedAt: null };
    case 'drop':
      // Some platforms keep the date of a completion when the learner is dropped.
      return status === 'DROPPED' ? null : { ...known, status: 'DROPPED' };
    case 'remove':
      return isRemoved || status === null ? null : { ...known, isRemoved: true };
    case 'restore':
      return isRemoved ? { ...known, isRemoved: false } : null;
    case 'erase':
      return isRemoved ? known : null;
    case 'enrolment':
      return status === null ? null : known;
    default:
      return status === 'COMPLETED' && completedAt !== null ? known : null;
  }
}

function eventOf(before: Known, after: Known, kind: string): LearningEventType | null {
  switch (kind) {
    case 'complete':
    case 'kombo':
      return 'CourseCompleted';
    case 'date': {
      const moved = Date.parse(after.completedAt ?? '') - Date.parse(before.completedAt ?? '');
      return moved > DAY_MS ? 'CourseRecompleted' : 'CompletionCorrected';
    }
    case 'drop':
      return 'LearnerDropped';
    case 'remove':
      return 'ProgressionRemoved';
    case 'restore':
      return 'ProgressionRestored';
    case 'erase':
      return 'LearnerDataErased';
    case 'enrolment':
      return 'EnrollmentCorrected';
  }
  switch (before.status) {
    case 'COMPLETED':
      return 'CourseReopened';
    case 'DROPPED':
      return 'LearnerReenrolled';
    case 'IN_PROGRESS':
      return 'ProgressReset';
    case 'ENROLLED':
      return 'CourseStarted';
    case null:
      return after.status === 'ENROLLED' ? 'LearnerEnrolled' : 'CourseStarted';
  }
}
