import TinyQueue from 'tinyqueue';
import type { IntegrationId } from '../../../functions/contract/integration.ts';
import { days } from '../clock.ts';
import type { RecordSource } from '../records.ts';
import { type Enrolment, enrolmentsOf, type Moment, progressionHistory } from './history.ts';
import { courseRevision, type Person, personOf } from './people.ts';
import { komboId, randomOf } from './random.ts';
import { type Progression, recordOf, type Shown, shownOf } from './shown.ts';
import { CAST, castHistory, castPerson } from './story.ts';

export type SchoolOptions = {
  /** The same seed, integration, start and sizes give the same history. */
  seed: number;
  /** Part of each record's id, so that two integrations never have the same ids. */
  integration: IntegrationId;
  /** When the school is first read, in milliseconds since 1970. Its history begins half a year earlier. */
  startsAt: number;
  learners: number;
  courses: number;
  /** Adds the learners of the story, in which every kind of event happens soon after the start. */
  story: boolean;
};

export const DEFAULT_SCHOOL = {
  seed: 1,
  learners: 40,
  courses: 10,
  story: true,
} as const satisfies Omit<SchoolOptions, 'integration' | 'startsAt'>;

const HISTORY_MS = days(180);

/**
 * The records depend only on the options and the time, so a restarted process with the same `startsAt`
 * continues the same history. Read times in increasing order: for an earlier time, the history is calculated
 * again.
 *
 * Pages are ordered by the last change. A record that changes between two requests moves to the end, and the
 * index of every later record decreases by one, so a reader can miss a record.
 */
export function livingSchool(options: SchoolOptions): RecordSource {
  let advance = openSchool(options);
  let time = Number.NEGATIVE_INFINITY;
  return {
    at(now) {
      if (now < time) advance = openSchool(options);
      time = now;
      const entries = advance(now);
      const entryAt = (index: number) => {
        const entry = entries[index];
        if (entry === undefined)
          throw new RangeError(`there is no record at index ${index}: there are ${entries.length} records`);
        return entry;
      };
      return {
        size: entries.length,
        record: (index) => recordOf(entryAt(index).progression, entryAt(index).shown, now),
        changedAt: (index) => entryAt(index).shown.changedAt,
        removed: (index) => entryAt(index).shown.removedAt !== null,
      };
    },
  };
}

type Entry = { progression: Progression; shown: Shown };

/** Returns a function that advances the school to a time, and returns its progressions in page order. */
function openSchool(options: SchoolOptions): (now: number) => readonly Entry[] {
  const school = `${options.seed}/${options.integration}`;
  const opened = options.startsAt - HISTORY_MS;
  const agenda = new TinyQueue<{ at: number; happen: () => void }>([], (a, b) => a.at - b.at);
  let entries: Entry[] = [];

  /** Schedules `happen` at the time of the next item, and then the following item. */
  const follow = <Item extends { at: number }>(items: Iterator<Item>, happen: (item: Item) => void) => {
    const next = items.next();
    if (next.done) return;
    agenda.push({
      at: next.value.at,
      happen: () => {
        happen(next.value);
        follow(items, happen);
      },
    });
  };

  const enrol = (
    learner: Person,
    { remoteId, course, revision }: Omit<Enrolment, 'at'>,
    history: Iterable<Moment>,
  ) => {
    const progression = {
      id: komboId(school, 'progression', remoteId),
      remoteId,
      learner,
      revision: courseRevision(school, course, revision),
    };
    let entry: Entry | null = null;
    follow(shownOf(history), ({ shown }) => {
      if (entry === null) {
        entry = { progression, shown };
        entries.push(entry);
      }
      entry.shown = shown;
    });
  };

  for (let number = 0; number < options.learners; number += 1) {
    const learner = personOf(school, number, opened);
    follow(enrolmentsOf(school, number, opened, options.courses), (enrolment) => {
      const random = randomOf(school, 'history', enrolment.remoteId);
      enrol(learner, enrolment, progressionHistory(random, enrolment.at));
    });
  }
  for (const member of options.story ? CAST : []) {
    const course = member.course % options.courses;
    const enrolment = { remoteId: `E-${member.person.mailbox}`, course, revision: 0 };
    enrol(castPerson(school, member), enrolment, castHistory(member, options.startsAt));
  }

  return (now) => {
    let isChanged = false;
    for (let next = agenda.peek(); next !== undefined && next.at <= now; next = agenda.peek()) {
      agenda.pop();
      next.happen();
      isChanged = true;
    }
    if (isChanged) entries = entries.toSorted(inPageOrder);
    return entries;
  };
}

const inPageOrder = (a: Entry, b: Entry): number =>
  a.shown.changedAt - b.shown.changedAt || (a.progression.id < b.progression.id ? -1 : 1);
