import type { components } from '../../functions/adapters/kombo/generated/api.d.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';

type Described = components['schemas']['RemovedCourseProgression'];

/** A course progression as the API returns it, also with an unknown status. */
export type ProgressionRecord = Omit<Described, 'status'> & { status: string | null };

/**
 * The records at a point in time, with the indexes 0 to `size - 1`. They are created on request, so a million
 * of them use no memory. Do not use this object after the next call of `at`.
 */
export type RecordView = {
  size: number;
  record(index: number): ProgressionRecord;
  /** When Kombo stored the last change, in milliseconds since 1970. `updated_after` is compared with it. */
  changedAt(index: number): number;
  removed(index: number): boolean;
  /** Finds an index without reading every record, if the source can. Returns null for an unknown id. */
  indexOf?(id: string): number | null;
};

export type RecordSource = {
  /** `now` is in milliseconds since 1970. */
  at(now: number): RecordView;
};

/** The filters that accept several values. A record matches if it has one of the values. */
export const FILTERS = ['ids', 'remote_ids', 'user_ids', 'course_ids'] as const;
export type FilterName = (typeof FILTERS)[number];

export type SandboxIntegration = {
  id: IntegrationId;
  records: RecordSource;
  unsupportedFilters?: readonly FilterName[];
};

export type SandboxControl = ReturnType<typeof sandboxControl>;

/** With this object, a test or a benchmark controls a running sandbox and counts its requests. */
export function sandboxControl() {
  return {
    /** How long every response takes, in milliseconds. */
    delayMs: 0,
    /** The maximum number of records on a page, even if a request asks for more. */
    largestPage: 250,
    /** When the data of an integration expired, in milliseconds since 1970. */
    dataExpiredAt: new Map<string, number>(),
    /** The number of requests so far, including failed requests. */
    requests: 0,
  };
}
