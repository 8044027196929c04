import type { Random } from '../world/random.ts';
import type { RecordContent, SchoolRecord } from './record.ts';
import type { School } from './school.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Returns a new enrolment. Sometimes the record first appears with a later status. */
export function drawContent(school: School, now: number, random: Random): RecordContent {
  const status = random.chance(0.6)
    ? 'ENROLLED'
    : random.pick(['IN_PROGRESS', 'COMPLETED', 'DROPPED', null, 'SUSPENDED']);
  const enrolledAt = random.chance(0.85) ? now - random.int(0, random.pick([60_000, 60 * DAY])) : null;
  return {
    ...enrolledNow(school, now),
    status,
    enrolledAt,
    completedAt: status === 'COMPLETED' ? Math.max(enrolledAt ?? 0, now - random.int(0, DAY)) : null,
    removedAt: random.chance(0.05) ? now : null,
  };
}

/**
 * Returns the record of the next learner, who is enrolled now.
 *
 * @param ahead the number of learners that are enrolled before this one in the same operation
 */
export function enrolledNow(school: School, now: number, ahead = 0): RecordContent {
  const number = school.records.size + 1 + ahead;
  return {
    remoteId: `remote-${number}`,
    status: 'ENROLLED',
    enrolledAt: now,
    completedAt: null,
    changedAt: now,
    removedAt: null,
    lost: 'nothing',
    learner: {
      id: `u${number}`,
      remoteId: `remote-u${number}`,
      firstName: `Vorname${number}`,
      lastName: `Nachname${number}`,
      email: `mail${number}@learner.example`,
    },
    course: courseOf(school, number % 3),
    remoteData: null,
  };
}

export function courseOf(school: School, number: number): RecordContent['course'] {
  return { id: `c${number}`, revision: `r${number}`, title: school.titles(number) };
}

export function addRecord(school: School, content: RecordContent, random: Random): SchoolRecord {
  const record: SchoolRecord = {
    ...content,
    id: `p${school.records.size + 1}-${random.int(1000, 9999)}`,
    isGarbled: false,
    past: [],
    stamp: content.changedAt,
    version: 0,
    isUnseen: false,
    slips: 0,
  };
  school.records.set(record.id, record);
  return record;
}
