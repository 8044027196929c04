import type { SchoolRecord } from './record.ts';

/** A field that a customer can turn off in Kombo. Then it is null in every record. */
export type NullableField = 'status' | 'enrolledAt' | 'completedAt' | 'names';

/** The present contents of Kombo's database. Times are in milliseconds by Kombo's clock. */
export type School = {
  records: Map<string, SchoolRecord>;
  off: Set<NullableField>;
  /** Whether the platform never sends enrolment dates, like TalentLMS. */
  hasNoEnrolmentDates: boolean;
  /** The titles of the courses, by the number of the course. */
  titles: (course: number) => string;
  /**
   * Since when the integration's data is expired, so that records seem to have disappeared; null if it is
   * valid.
   */
  expiredSince: number | null;
  /** The earlier periods in which the data was expired. */
  expiries: { from: number; until: number }[];
  falselyRemoved: Set<string>;
  /**
   * Until `until`, records are shown as removed by mistake, and the integration's details show the data as
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
