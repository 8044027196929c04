import type { components } from '../../functions/adapters/kombo/generated/api.d.ts';

/**
 * A course progression on the wire. A live one has more fields that are never null; this is what holds for all,
 * erased ones included.
 */
export type ProgressionRecord = components['schemas']['RemovedCourseProgression'];

/**
 * The records of one integration at one time, each in its place from 0 to `size - 1`. Records are made when they are
 * asked for, so that a million of them need not exist at once. Good until the next `at`.
 */
export type RecordView = {
  size: number;
  record(place: number): ProgressionRecord;
  /** When the mirror noted the record's last change, in milliseconds since 1970: what `updated_after` compares with. */
  changedAt(place: number): number;
  removed(place: number): boolean;
  /** The place of an id, where that is known without looking at every record. */
  placeOf?(id: string): number | null;
};

/** Where the sandbox gets the records of an integration. */
export type RecordSource = {
  /** What can be read at `now`, in milliseconds since 1970. */
  at(now: number): RecordView;
};
