import type { Status } from '../../functions/contract/event-parts.ts';
import { hours } from './durations.ts';
import type { FilterName } from './page-request.ts';

/** What one learning platform's connector can show, and how late. */
export type Connector = {
  /** A status outside of these is shown as null. */
  statuses: readonly Status[];
  enrolledAt: boolean;
  /** Whether a revision says which course it belongs to. */
  courses: boolean;
  /** A change comes at most this much late. */
  changesLateMs: number;
  /** A new enrolment comes at most this much late. */
  enrolmentsLateMs: number;
  /** Filters on what the connector does not know. */
  unsupportedFilters: readonly FilterName[];
};

const full: Connector = {
  statuses: ['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'],
  enrolledAt: true,
  courses: true,
  changesLateMs: 0,
  enrolmentsLateMs: 0,
  unsupportedFilters: [],
};

/**
 * Connectors by name. `talentlms`, `udemy` and `coursera` are as Kombo documents them; `statuses` stands for the
 * platforms that know only who is at it and who is done, and versions of courses without the course.
 */
export const connectors = {
  full,
  talentlms: { ...full, enrolledAt: false },
  udemy: { ...full, changesLateMs: hours(6), enrolmentsLateMs: hours(6) },
  coursera: { ...full, enrolmentsLateMs: hours(48) },
  statuses: {
    ...full,
    statuses: ['IN_PROGRESS', 'COMPLETED'],
    courses: false,
    unsupportedFilters: ['course_ids'],
  },
} as const satisfies Record<string, Connector>;

export type ConnectorName = keyof typeof connectors;
