import type { components } from '../../functions/adapters/kombo/generated/api.d.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';

type Described = components['schemas']['RemovedCourseProgression'];

/**
 * A course progression as the API returns it, also with an unknown status. Some fields that can be null here
 * are never null in the records of real platforms.
 */
export type ProgressionRecord = Omit<Described, 'status'> & { status: string | null };

/**
 * The records of one integration at a point in time. Their indexes are 0 to `size - 1`. Records are created
 * on request, so a million of them use no memory. Do not use this object after the next call of `at`.
 */
export type RecordView = {
  size: number;
  record(index: number): ProgressionRecord;
  /**
   * Returns when Kombo stored the record's last change, in milliseconds since 1970. `updated_after` is compared with
   * this time.
   */
  changedAt(index: number): number;
  removed(index: number): boolean;
  /**
   * Returns the index of an id, or null. This function exists only if it can find the index without reading
   * every record.
   */
  indexOf?(id: string): number | null;
};

/** The records of an integration. */
export type RecordSource = {
  /** Returns the records at `now`, in milliseconds since 1970. */
  at(now: number): RecordView;
};

/** The filters that accept several values. A record matches if it has one of the values. */
export const FILTERS = ['ids', 'remote_ids', 'user_ids', 'course_ids'] as const;
export type FilterName = (typeof FILTERS)[number];

/** One integration that the sandbox serves. */
export type SandboxIntegration = {
  id: IntegrationId;
  records: RecordSource;
  /** Filters that the integration does not support. */
  unsupportedFilters?: readonly FilterName[];
};

export type SandboxControl = ReturnType<typeof sandboxControl>;

/** Creates the object with which a test or a benchmark controls a running sandbox and counts its requests. */
export function sandboxControl() {
  return {
    /** How long every response takes, in milliseconds. */
    delayMs: 0,
    /** The maximum number of records on a page, even if a request asks for more. */
    largestPage: 250,
    /** The time at which the data of an integration expired, in milliseconds since 1970. */
    dataExpiredAt: new Map<string, number>(),
    /** The number of requests so far, including failed requests. */
    requests: 0,
  };
}
