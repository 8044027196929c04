import type { components } from '../../functions/adapters/kombo/generated/api.d.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';

type Described = components['schemas']['RemovedCourseProgression'];

/** A course progression as the API returns it, also with an unknown status. Live ones have more fields that are never null. */
export type ProgressionRecord = Omit<Described, 'status'> & { status: string | null };

/**
 * The records of one integration at one time, by index from 0 to `size - 1`. Records are created on request, so that a million of
 * them use no memory. Valid until the next `at`.
 */
export type RecordView = {
  size: number;
  record(index: number): ProgressionRecord;
  /** When Kombo stored the record's last change, in milliseconds since 1970: `updated_after` compares with it. */
  changedAt(index: number): number;
  removed(index: number): boolean;
  /** The index of an id, if it can be found without looking at every record. */
  indexOf?(id: string): number | null;
};

/** The records of an integration. */
export type RecordSource = {
  /** The records that can be read at `now`, in milliseconds since 1970. */
  at(now: number): RecordView;
};

/** The filters that accept several values: a record matches with any of them. */
export const FILTERS = ['ids', 'remote_ids', 'user_ids', 'course_ids'] as const;
export type FilterName = (typeof FILTERS)[number];

/** One integration that the sandbox serves. */
export type SandboxIntegration = {
  id: IntegrationId;
  records: RecordSource;
  /** Filters that the integration does not support. */
  unsupportedFilters?: readonly FilterName[];
};

/** A record, and when Kombo stored its last change. */
export type StoredRecord = { record: ProgressionRecord; changedAt: number };

/** A view of a list of records. An erased record counts as removed. */
export function viewOf(records: readonly StoredRecord[]): RecordView {
  const at = (index: number): StoredRecord => {
    const stored = records[index];
    if (stored === undefined) throw new RangeError(`no record at index ${index} of ${records.length}`);
    return stored;
  };
  return {
    size: records.length,
    record: (index) => at(index).record,
    changedAt: (index) => at(index).changedAt,
    removed: (index) => at(index).record.remote_deleted_at !== null || at(index).record.user === null,
  };
}

/** A list of records that a test or a person changes. */
export type FixedRecords = RecordSource & {
  /**
   * Adds a record, or replaces the one with its id at the same index.
   *
   * @param changedAt in milliseconds since 1970; by default its `changed_at`
   */
  put(record: ProgressionRecord, changedAt?: number): void;
};

export function fixedRecords(initial: Iterable<ProgressionRecord> = []): FixedRecords {
  const records = new Map<string, StoredRecord>();
  const put: FixedRecords['put'] = (record, changedAt = Date.parse(record.changed_at ?? '1970-01-01')) => {
    records.set(record.id, { record, changedAt });
  };
  for (const record of initial) put(record);
  return { put, at: () => viewOf([...records.values()]) };
}
