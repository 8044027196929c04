/** One course progression in Kombo's database. Times are in milliseconds by Kombo's clock. */
export type RecordContent = {
  remoteId: string;
  status: string | null;
  enrolledAt: number | null;
  completedAt: number | null;
  changedAt: number;
  /** The removal date. Any value means that the record is removed, even a date that means "none". */
  removedAt: number | null;
  lost: Loss;
  learner: { id: string; remoteId: string; firstName: string; lastName: string; email: string };
  course: { id: string; revision: string; title: string };
  remoteData: number | null;
};

/**
 * The fields of a removed record that Kombo no longer shows: no field, the names and the address, all fields
 * of the learner, all fields except the removal, or all fields except the id.
 */
export type Loss = 'nothing' | 'names' | 'learner' | 'all-but-removal' | 'all-but-id';

export type RecordPatch = Partial<RecordContent>;

/** One course progression with the facts that the simulation records about it. */
export type SchoolRecord = RecordContent & {
  readonly id: string;
  /** Whether Kombo shows the record with an invalid date, so that it is unreadable. */
  isGarbled: boolean;
  /** The earlier versions with the time at which each of them ended, the latest last. */
  past: { until: number; content: RecordContent }[];
  /** The time with which `updated_after` is compared. */
  stamp: number;
  /** The number of changes of the record. */
  version: number;
  /** Whether the last change became visible later than the overlap covers, or without a new timestamp. */
  isUnseen: boolean;
  /**
   * The number of passes over the pages that ended since the record's last change and did not show the
   * record.
   */
  slips: number;
};

/** The dates that platforms use for "no date". */
export const NO_DATES = ['0001-01-01', '1900-01-01', '1970-01-01', '9999-12-31'].map((day) =>
  Date.parse(day),
);

const PAST_KEPT = 12;

/** Changes a record's content. All changes use this function. The patch says whether `changedAt` moves. */
export function changeRecord(record: SchoolRecord, patch: RecordPatch, now: number): void {
  record.past.push({ until: now, content: contentOf(record) });
  if (record.past.length > PAST_KEPT) record.past.shift();
  Object.assign(record, patch);
  record.version++;
}

/** Returns the version of the record at a time. */
export function contentAt(record: SchoolRecord, time: number): RecordContent {
  return record.past.find(({ until }) => until > time)?.content ?? record;
}

export function contentOf(record: SchoolRecord): RecordContent {
  const { remoteId, status, enrolledAt, completedAt, changedAt, removedAt, lost } = record;
  const { learner, course, remoteData } = record;
  return {
    remoteId,
    status,
    enrolledAt,
    completedAt,
    changedAt,
    removedAt,
    lost,
    learner,
    course,
    remoteData,
  };
}
