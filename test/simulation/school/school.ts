import type { SchoolRecord } from './record.ts';

/** A field that a customer can turn off in Kombo. A field that is turned off is null in every record. */
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
   * The time since when the integration's data is expired, or null if the data is valid. While the data is
   * expired, records seem to have disappeared.
   */
  expiredSince: number | null;
  /** The earlier periods in which the data was expired. */
  expiries: { from: number; until: number }[];
  falselyRemoved: Set<string>;
  /**
   * The records that are shown as removed by mistake until `until`. Until then, the integration's details
   * show the data as expired.
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
