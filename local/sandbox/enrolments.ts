import { days } from './durations.ts';
import { randomOf } from './random.ts';

/** A learner enrols in a revision of a course, both numbers counted from 0. */
export type Enrolment = { at: number; remoteId: string; course: number; revision: number };

/**
 * One course after another, and newer revisions when there is no other course left, without end. A learner joins at any
 * time in the 216 days after the school opened.
 *
 * @param opened in milliseconds since 1970
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
    const turn = first + count;
    yield {
      at,
      remoteId: `E${learner}-${count}`,
      course: turn % courses,
      revision: Math.floor(turn / courses),
    };
    at += random.integer(days(10), days(80));
  }
}
