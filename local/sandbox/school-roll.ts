import TinyQueue from 'tinyqueue';
import type { Connector } from './connector.ts';
import { courseRevision } from './course-catalogue.ts';
import { days } from './durations.ts';
import { komboId } from './kombo-id.ts';
import { type Mirrored, mirrorOf } from './mirror.ts';
import { type Person, personOf } from './person.ts';
import { type Moment, progressionHistory } from './progression-history.ts';
import type { Progression } from './progression-record.ts';
import { randomOf } from './random.ts';
import type { SchoolOptions } from './school-options.ts';
import { CAST, castHistory } from './story.ts';

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
  const agenda = new TinyQueue<{ at: number; happen: () => void }>([], (a, b) => a.at - b.at);
  const entries: RollEntry[] = [];
  let time = Number.NEGATIVE_INFINITY;

  /** Shows a progression's changes one after another, each drawn when the one before has happened. */
  const follow = (progression: Progression, history: Iterable<Moment>) => {
    const random = randomOf(school, 'mirror', progression.remoteId);
    const changes = mirrorOf(history, connector, options, random);
    let entry: RollEntry | null = null;
    const scheduleNext = () => {
      const next = changes.next();
      if (next.done) return;
      const { visibleAt, mirrored } = next.value;
      agenda.push({
        at: visibleAt,
        happen: () => {
          if (entry === null) {
            entry = { progression, mirrored };
            entries.push(entry);
          }
          entry.mirrored = mirrored;
          scheduleNext();
        },
      });
    };
    scheduleNext();
  };

  const progressionOf = (
    learner: Person,
    remoteId: string,
    course: number,
    revision: number,
  ): Progression => {
    const taken = courseRevision(school, course, revision);
    return {
      id: komboId(school, 'progression', remoteId),
      remoteId,
      learner,
      revision: connector.courses ? taken : { ...taken, course: null },
    };
  };

  /** A learner enrols in one course after another, and in newer revisions when there is no other course left. */
  const join = (number: number) => {
    const random = randomOf(school, 'learner', number);
    const learner = personOf(school, number, opened);
    const firstCourse = random.integer(0, options.courses - 1);
    const enrol = (count: number, at: number) => {
      agenda.push({
        at,
        happen: () => {
          const course = (firstCourse + count) % options.courses;
          const revision = Math.floor((firstCourse + count) / options.courses);
          const remoteId = `E${number}-${count}`;
          const history = progressionHistory(randomOf(school, 'history', remoteId), at);
          follow(progressionOf(learner, remoteId, course, revision), history);
          enrol(count + 1, at + random.integer(days(10), days(80)));
        },
      });
    };
    enrol(0, opened + random.integer(0, days(216)));
  };

  for (let number = 0; number < options.learners; number += 1) join(number);
  if (options.story) {
    for (const [index, member] of CAST.entries()) {
      const learner: Person = {
        id: komboId(school, 'user', member.mailbox),
        remoteId: String(900 + index),
        firstName: member.firstName,
        lastName: member.lastName,
        email: `${member.mailbox}@example.com`,
        renamed: null,
      };
      const progression = progressionOf(learner, `E-${member.mailbox}`, member.course % options.courses, 0);
      follow(progression, castHistory(member, options.startsAt));
    }
  }

  return {
    time: () => time,
    advance(now) {
      let changed = false;
      for (let next = agenda.peek(); next !== undefined && next.at <= now; next = agenda.peek()) {
        agenda.pop();
        next.happen();
        changed = true;
      }
      time = now;
      return changed;
    },
    entries: () => entries,
  };
}
