import type { ProgressionRecord, RecordSource, RecordView } from '../../local/sandbox/records.ts';

/** A record, and the time at which Kombo stored its last change. */
type StoredRecord = { record: ProgressionRecord; changedAt: number };

/** Returns a view of a list of records. An erased record counts as removed. */
export function viewOf(records: readonly StoredRecord[]): RecordView {
  const at = (index: number): StoredRecord => {
    const stored = records[index];
    if (stored === undefined)
      throw new RangeError(`there is no record at index ${index}: there are ${records.length} records`);
    return stored;
  };
  return {
    size: records.length,
    record: (index) => at(index).record,
    changedAt: (index) => at(index).changedAt,
    removed: (index) => at(index).record.remote_deleted_at !== null || at(index).record.user === null,
  };
}

export type FixedRecords = ReturnType<typeof fixedRecords>;

/** Creates a list of records that a test or a person changes. */
export function fixedRecords(initial: Iterable<ProgressionRecord> = []) {
  const records = new Map<string, StoredRecord>();
  /**
   * Adds a record. If there is already a record with the same id, replaces that record and keeps its index.
   *
   * @param changedAt the time of the change, in milliseconds since 1970. By default the record's `changed_at`
   */
  const put = (
    record: ProgressionRecord,
    changedAt = Date.parse(record.changed_at ?? '1970-01-01'),
  ): void => {
    records.set(record.id, { record, changedAt });
  };
  for (const record of initial) put(record);
  const at: RecordSource['at'] = () => viewOf([...records.values()]);
  return { put, at };
}
