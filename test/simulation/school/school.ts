import type { SchoolRecord } from './record.ts';

/** What a customer can turn off in Kombo: null on every record from then on. */
export type NullableField = 'status' | 'enrolledAt' | 'completedAt' | 'names';

/** The truth: what Kombo's database has now. Times in milliseconds by Kombo's clock. */
export type School = {
  records: Map<string, SchoolRecord>;
  off: Set<NullableField>;
  /** The platform never sends enrolment dates, as TalentLMS. */
  hasNoEnrolmentDates: boolean;
  /** A course's title by its number. */
  titles: (course: number) => string;
  /** The integration's data is not valid: what disappeared, disappeared from Kombo only. */
  expiredSince: number | null;
  /** When it was not valid before. */
  expiries: { from: number; until: number }[];
  falselyRemoved: Set<string>;
  /** The removals that were none: until `until`, the integration's details said so. */
  falseRemovals: { id: string; removedAt: number; until: number }[];
};

export function emptySchool(titleLength: number, hasNoEnrolmentDates: boolean): School {
  return {
    records: new Map(),
    off: new Set(),
    hasNoEnrolmentDates,
    titles: (course) => `Course ${course}`.padEnd(titleLength, '.'),
    expiredSince: null,
    expiries: [],
    falselyRemoved: new Set(),
    falseRemovals: [],
  };
}
