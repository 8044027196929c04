import type { Status } from '../../../functions/contract/event-parts.ts';
import { days, hours } from '../clock.ts';
import { type Choices, type Random, randomOf } from './random.ts';

/** The state of a progression in the learning platform. Times are milliseconds since 1970. */
export type State = {
  status: Status;
  enrolledAt: number;
  completedAt: number | null;
  /** False while the learning platform does not show the progression. */
  present: boolean;
};

/** The state from the time `at` on. `touched` means that the platform wrote the record again unchanged. */
export type Moment = { at: number; state: State; touched: boolean };

type Transition = {
  weight: number;
  afterDays: readonly [least: number, most: number];
  /** The same state means that the record is written again unchanged, and null that the history ends. */
  next(state: State, at: number, random: Random): State | null;
};

const enrolled = (state: State): State => ({ ...state, status: 'ENROLLED', completedAt: null });
const started = (state: State): State => ({ ...state, status: 'IN_PROGRESS', completedAt: null });
const completed = (state: State, at: number): State => ({ ...state, status: 'COMPLETED', completedAt: at });
const dropped = (state: State): State => ({ ...state, status: 'DROPPED', completedAt: null });
const reenrolled = (state: State, at: number): State => ({ ...enrolled(state), enrolledAt: at });
const removed = (state: State): State => ({ ...state, present: false });
const restored = (state: State): State => ({ ...state, present: true });
const touched = (state: State): State => state;
const nothing = (): null => null;

const enrolmentCorrected = (state: State, _at: number, random: Random): State => ({
  ...state,
  enrolledAt: state.enrolledAt - random.integer(hours(1), days(3)),
});

/** Moves the date by at most 20 hours: a move by more than a day counts as a new certification. */
const completionCorrected = (state: State, at: number, random: Random): State => ({
  ...state,
  completedAt: (state.completedAt ?? at) - random.integer(hours(1), hours(20)),
});

const TRANSITIONS: Record<Status, Choices<Transition>> = {
  ENROLLED: [
    { weight: 60, afterDays: [0.5, 6], next: started },
    { weight: 12, afterDays: [1, 8], next: completed },
    { weight: 10, afterDays: [2, 15], next: dropped },
    { weight: 6, afterDays: [1, 5], next: enrolmentCorrected },
    { weight: 5, afterDays: [1, 5], next: touched },
    { weight: 5, afterDays: [3, 20], next: removed },
    { weight: 2, afterDays: [1, 1], next: nothing },
  ],
  IN_PROGRESS: [
    { weight: 60, afterDays: [1, 12], next: completed },
    { weight: 14, afterDays: [3, 20], next: dropped },
    { weight: 6, afterDays: [1, 6], next: enrolled },
    { weight: 4, afterDays: [1, 5], next: enrolmentCorrected },
    { weight: 8, afterDays: [1, 5], next: touched },
    { weight: 4, afterDays: [3, 20], next: removed },
    { weight: 4, afterDays: [1, 1], next: nothing },
  ],
  COMPLETED: [
    { weight: 20, afterDays: [30, 90], next: completed },
    { weight: 10, afterDays: [0.5, 6], next: completionCorrected },
    { weight: 8, afterDays: [3, 30], next: started },
    { weight: 3, afterDays: [3, 30], next: enrolled },
    { weight: 2, afterDays: [2, 10], next: dropped },
    { weight: 12, afterDays: [5, 40], next: touched },
    { weight: 10, afterDays: [10, 90], next: removed },
    { weight: 35, afterDays: [1, 1], next: nothing },
  ],
  DROPPED: [
    { weight: 30, afterDays: [3, 25], next: reenrolled },
    { weight: 15, afterDays: [3, 25], next: removed },
    { weight: 55, afterDays: [1, 1], next: nothing },
  ],
};

/** What can happen to a removed record. Kombo erases a record that does not return within 14 days. */
const WHILE_REMOVED: Choices<Transition> = [
  { weight: 40, afterDays: [1, 9], next: restored },
  { weight: 60, afterDays: [1, 1], next: nothing },
];

/** Yields the states in order of time, each created only when it is needed. */
export function* progressionHistory(random: Random, enrolledAt: number): Generator<Moment> {
  let at = enrolledAt;
  let state: State = { status: 'ENROLLED', enrolledAt, completedAt: null, present: true };
  yield { at, state, touched: false };
  for (;;) {
    const transition = random.weighted(state.present ? TRANSITIONS[state.status] : WHILE_REMOVED);
    const [least, most] = transition.afterDays;
    at += random.integer(days(least), days(most));
    const next = transition.next(state, at, random);
    if (next === null) return;
    yield { at, state: next, touched: next === state };
    state = next;
  }
}

/** `course` and `revision` count from 0. */
export type Enrolment = { at: number; remoteId: string; course: number; revision: number };

/**
 * Yields each course, one after another, and then newer revisions of the courses, without end. A learner
 * joins within 216 days after `opened`, in milliseconds since 1970.
 */
export function* enrolmentsOf(
  school: string,
  learner: number,
  opened: number,
  courses: number,
): Generator<Enrolment> {
  const random = randomOf(school, 'learner', learner);
  const first = random.integer(0, courses - 1);
  let at = opened + random.integer(0, days(216));
  for (let count = 0; ; count += 1) {
    const transition = first + count;
    yield {
      at,
      remoteId: `E${learner}-${count}`,
      course: transition % courses,
      revision: Math.floor(transition / courses),
    };
    at += random.integer(days(10), days(80));
  }
}
