import type { Random } from '../world/random.ts';

/** One course progression as Kombo's database has it. Times in milliseconds by Kombo's clock. */
export type SchoolRecord = {
  id: string;
  remoteId: string | null;
  status: string | null;
  enrolledAt: number | null;
  completedAt: number | null;
  changedAt: number;
  removedAt: number | null;
  isErased: boolean;
  /** Kombo shows it with a date that is none: it cannot be read. */
  isGarbled: boolean;
  learner: { id: string; remoteId: string; firstName: string; lastName: string; email: string };
  course: { id: string; revision: string; title: string };
  remoteData: number | null;
  /** The state before the last change. */
  before: RecordState;
  /** What `updated_after` is compared with. */
  stamp: number;
  /** Counts its changes. */
  version: number;
  /** Its last change became visible later than the overlap allows for, or without moving the stamp. */
  isUnseen: boolean;
  /** Passes over the pages, since its last change, that ended without showing it. */
  slips: number;
};

export type RecordState = Pick<SchoolRecord, 'status' | 'enrolledAt' | 'completedAt' | 'removedAt'>;

export type NullableField = 'status' | 'enrolledAt' | 'completedAt';

/** The truth: what Kombo would answer now. */
export type School = {
  records: Map<string, SchoolRecord>;
  /** Fields that the customer has turned off: null on every record. */
  off: Set<NullableField>;
  /** A course's title by its number. */
  titles: (course: number) => string;
  /** The integration's data is not valid: what disappeared, disappeared from Kombo only. */
  expiredSince: number | null;
  falselyRemoved: Set<string>;
  /** The removals that were none: until `until`, by Kombo's clock, the integration's details said so. */
  falseRemovals: { id: string; removedAt: number; until: number }[];
};

export function emptySchool(titleLength: number): School {
  return {
    records: new Map(),
    off: new Set(),
    titles: (course) => `Course ${course}`.padEnd(titleLength, '.'),
    expiredSince: null,
    falselyRemoved: new Set(),
    falseRemovals: [],
  };
}

const DAY = 24 * 60 * 60 * 1000;

/** Enrols someone; once in a while the record is first seen late in its life. */
export function addRecord(school: School, now: number, random: Random): SchoolRecord {
  const number = school.records.size + 1;
  const status = random.chance(0.6)
    ? 'ENROLLED'
    : random.pick(['IN_PROGRESS', 'COMPLETED', 'DROPPED', null, 'SUSPENDED']);
  const enrolledAt = random.chance(0.85) ? now - random.int(0, random.pick([60_000, 60 * DAY])) : null;
  const removedAt = random.chance(0.05) ? now : null;
  const completedAt = status === 'COMPLETED' ? Math.max(enrolledAt ?? 0, now - random.int(0, DAY)) : null;
  const record: SchoolRecord = {
    id: `p${number}-${random.int(1000, 9999)}`,
    remoteId: `remote-${number}`,
    status,
    enrolledAt,
    completedAt,
    changedAt: now,
    removedAt,
    before: { status, enrolledAt, completedAt, removedAt },
    isErased: false,
    isGarbled: false,
    learner: {
      id: `u${number}`,
      remoteId: `remote-u${number}`,
      firstName: `Vorname${number}`,
      lastName: `Nachname${number}`,
      email: `mail${number}@learner.example`,
    },
    course: { id: `c${number % 3}`, revision: `r${number % 3}`, title: school.titles(number % 3) },
    remoteData: null,
    stamp: now,
    version: 0,
    isUnseen: false,
    slips: 0,
  };
  school.records.set(record.id, record);
  return record;
}
