import type { Status } from '../../functions/contract/event-parts.ts';
import { days, hours } from './durations.ts';
import type { Choices, Random } from './random.ts';

/** What the learning platform itself knows of a progression. Times are milliseconds since 1970. */
export type Standing = {
  status: Status;
  enrolledAt: number;
  completedAt: number | null;
  /** False while the learning platform does not show the progression. */
  present: boolean;
};

/** What the learning platform shows from `at` on. `touched`: it wrote the record again, though nothing differs. */
export type Moment = { at: number; standing: Standing; touched: boolean };

type Turn = {
  weight: number;
  afterDays: readonly [least: number, most: number];
  /** The next standing; the same object for a record that is written again unchanged; null: nothing happens any more. */
  next(standing: Standing, at: number, random: Random): Standing | null;
};

const enrolled = (standing: Standing): Standing => ({ ...standing, status: 'ENROLLED', completedAt: null });
const started = (standing: Standing): Standing => ({ ...standing, status: 'IN_PROGRESS', completedAt: null });
const completed = (standing: Standing, at: number): Standing => ({
  ...standing,
  status: 'COMPLETED',
  completedAt: at,
});
const dropped = (standing: Standing): Standing => ({ ...standing, status: 'DROPPED', completedAt: null });
const reenrolled = (standing: Standing, at: number): Standing => ({ ...enrolled(standing), enrolledAt: at });
const removed = (standing: Standing): Standing => ({ ...standing, present: false });
const restored = (standing: Standing): Standing => ({ ...standing, present: true });
const touched = (standing: Standing): Standing => standing;
const nothing = (): null => null;

const enrolmentCorrected = (standing: Standing, _at: number, random: Random): Standing => ({
  ...standing,
  enrolledAt: standing.enrolledAt - random.integer(hours(1), days(3)),
});

/** A few hours earlier: a completion that moves more than a day later is a new certification. */
const completionCorrected = (standing: Standing, at: number, random: Random): Standing => ({
  ...standing,
  completedAt: (standing.completedAt ?? at) - random.integer(hours(1), hours(20)),
});

const TURNS: Record<Status, Choices<Turn>> = {
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

/** A removed record that is not back within 14 days is erased, which is the mirror's doing. */
const WHILE_REMOVED: Choices<Turn> = [
  { weight: 40, afterDays: [1, 9], next: restored },
  { weight: 60, afterDays: [1, 1], next: nothing },
];

/** What becomes of a learner who enrolled at `enrolledAt`: moments in order of time, drawn as they are asked for. */
export function* progressionHistory(random: Random, enrolledAt: number): Generator<Moment> {
  let at = enrolledAt;
  let standing: Standing = { status: 'ENROLLED', enrolledAt, completedAt: null, present: true };
  yield { at, standing, touched: false };
  for (;;) {
    const turn = random.weighted(standing.present ? TURNS[standing.status] : WHILE_REMOVED);
    const [least, most] = turn.afterDays;
    at += random.integer(days(least), days(most));
    const next = turn.next(standing, at, random);
    if (next === null) return;
    yield { at, standing: next, touched: next === standing };
    standing = next;
  }
}
