import type { SchoolRecord } from './record.ts';

/** A field that a customer can turn off in Kombo: then it is null in every record. */
export type NullableField = 'status' | 'enrolledAt' | 'completedAt' | 'names';

/** The contents of Kombo's database now. Times in milliseconds by Kombo's clock. */
export type School = {
  records: Map<string, SchoolRecord>;
  off: Set<NullableField>;
  /** The platform never sends enrolment dates, as TalentLMS. */
  hasNoEnrolmentDates: boolean;
  /** A course's title by its number. */
  titles: (course: number) => string;
  /** The integration's data is expired, so that records seem to have disappeared. */
  expiredSince: number | null;
  /** Earlier times when it was expired. */
  expiries: { from: number; until: number }[];
  falselyRemoved: Set<string>;
  /**
   * Records are shown as removed by mistake until `until`, and the integration's details show the data as
   * expired.
   */
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
