import type { ProgressionRecord, RecordSource } from './record-source.ts';

/** A list of records that somebody else keeps. */
export type FixedRecords = RecordSource & {
  /**
   * Adds a record, or replaces the one with its id in its place.
   * @param notedAt what `updated_after` compares with, in milliseconds since 1970; by default its `changed_at`
   */
  put(record: ProgressionRecord, notedAt?: number): void;
  /** Takes the record out of the list altogether, as no Kombo does: the records after it move up one place. */
  drop(id: string): void;
};

/** Serves a list of records, the same at every time. An erased record counts as removed. */
export function fixedRecords(initial: Iterable<ProgressionRecord> = []): FixedRecords {
  const kept = new Map<string, { record: ProgressionRecord; notedAt: number }>();
  const put: FixedRecords['put'] = (record, notedAt = Date.parse(record.changed_at ?? '1970-01-01')) => {
    kept.set(record.id, { record, notedAt });
  };
  for (const record of initial) put(record);
  return {
    put,
    drop: (id) => kept.delete(id),
    at() {
      const records = [...kept.values()];
      const inPlace = (place: number) => {
        const one = records[place];
        if (one === undefined) throw new RangeError(`no record at place ${place} of ${records.length}`);
        return one;
      };
      return {
        size: records.length,
        record: (place) => inPlace(place).record,
        changedAt: (place) => inPlace(place).notedAt,
        removed: (place) => {
          const { record } = inPlace(place);
          return record.remote_deleted_at !== null || record.user === null;
        },
      };
    },
  };
}
