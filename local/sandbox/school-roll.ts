import { emptyAgenda } from './agenda.ts';
import type { Connector } from './connector.ts';
import { courseRevision } from './course-catalogue.ts';
import { days } from './durations.ts';
import { type Enrolment, enrolmentsOf } from './enrolments.ts';
import { komboId } from './kombo-id.ts';
import { type Mirrored, mirrorOf } from './mirror.ts';
import { type Person, personOf } from './person.ts';
import { type Moment, progressionHistory } from './progression-history.ts';
import type { Progression } from './progression-record.ts';
import { randomOf } from './random.ts';
import type { SchoolOptions } from './school-options.ts';
import { CAST, castHistory, castPerson } from './story.ts';

/** How long a school has been open when it is first looked at. */
const HISTORY_MS = days(180);

export type RollEntry = { progression: Progression; mirrored: Mirrored };

/** Everything that the mirror shows of a school at one time, which only moves on. */
export type SchoolRoll = {
  /** In milliseconds since 1970; minus infinity before the first step. */
  time(): number;
  /** Moves on to `now`. Returns whether anything changed. Costs only what happened in between. */
  advance(now: number): boolean;
  /** In the order in which they were first seen. */
  entries(): readonly RollEntry[];
};

/** A school at its very beginning, half a year before `startsAt`. */
export function openSchool(options: SchoolOptions, connector: Connector): SchoolRoll {
  const school = `${options.seed}/${options.integration}`;
  const opened = options.startsAt - HISTORY_MS;
  const agenda = emptyAgenda();
  const entries: RollEntry[] = [];
  let time = Number.NEGATIVE_INFINITY;

  /** Each change is drawn when the one before has happened: a school costs what it has lived, not what it will. */
  const follow = (progression: Progression, history: Iterable<Moment>) => {
    const changes = mirrorOf(history, connector, options, randomOf(school, 'mirror', progression.remoteId));
    let entry: RollEntry | null = null;
    const awaitNext = () => {
      const next = changes.next();
      if (next.done) return;
      const { visibleAt, mirrored } = next.value;
      agenda.add(visibleAt, () => {
        if (entry === null) {
          entry = { progression, mirrored };
          entries.push(entry);
        }
        entry.mirrored = mirrored;
        awaitNext();
      });
    };
    awaitNext();
  };

  const progressionOf = (
    learner: Person,
    { remoteId, course, revision }: Omit<Enrolment, 'at'>,
  ): Progression => {
    const taken = courseRevision(school, course, revision);
    return {
      id: komboId(school, 'progression', remoteId),
      remoteId,
      learner,
      revision: connector.courses ? taken : { ...taken, course: null },
    };
  };

  const join = (learner: Person, enrolments: Iterator<Enrolment>) => {
    const awaitNext = () => {
      const next = enrolments.next();
      if (next.done) return;
      const enrolment = next.value;
      agenda.add(enrolment.at, () => {
        const random = randomOf(school, 'history', enrolment.remoteId);
        follow(progressionOf(learner, enrolment), progressionHistory(random, enrolment.at));
        awaitNext();
      });
    };
    awaitNext();
  };

  for (let number = 0; number < options.learners; number += 1) {
    join(personOf(school, number, opened), enrolmentsOf(school, number, opened, options.courses));
  }
  for (const member of options.story ? CAST : []) {
    const enrolment = {
      remoteId: `E-${member.mailbox}`,
      course: member.course % options.courses,
      revision: 0,
    };
    follow(progressionOf(castPerson(school, member), enrolment), castHistory(member, options.startsAt));
  }

  return {
    time: () => time,
    advance(now) {
      time = now;
      return agenda.advance(now);
    },
    entries: () => entries,
  };
}
