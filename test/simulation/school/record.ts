/** What Kombo's database has of one course progression. Times in milliseconds by Kombo's clock. */
export type RecordContent = {
  remoteId: string;
  status: string | null;
  enrolledAt: number | null;
  completedAt: number | null;
  changedAt: number;
  /** Any value means that it is removed, also a date that means "none". */
  removedAt: number | null;
  lost: Loss;
  learner: { id: string; remoteId: string; firstName: string; lastName: string; email: string };
  course: { id: string; revision: string; title: string };
  remoteData: number | null;
};

/**
 * What Kombo no longer shows of a removed record: nothing; the learner's names and address; the learner; everything but
 * the removal; everything but the id.
 */
export type Loss = 'nothing' | 'names' | 'learner' | 'all-but-removal' | 'all-but-id';

export type RecordPatch = Partial<RecordContent>;

/** One course progression, and what the simulation notes about it. */
export type SchoolRecord = RecordContent & {
  readonly id: string;
  /** Kombo shows it with a date that is none: it cannot be read. */
  isGarbled: boolean;
  /** What it was before, the latest last, and until when. */
  past: { until: number; content: RecordContent }[];
  /** What `updated_after` is compared with. */
  stamp: number;
  /** Counts its changes. */
  version: number;
  /** Its last change became visible later than the overlap allows for, or without moving the stamp. */
  isUnseen: boolean;
  /** Passes over the pages, since its last change, that ended without showing it. */
  slips: number;
};

/** Dates that platforms write for a date that they do not have. */
export const NO_DATES = ['0001-01-01', '1900-01-01', '1970-01-01', '9999-12-31'].map((day) =>
  Date.parse(day),
);

const PAST_KEPT = 12;

/** The one way in which a record's content changes. Whether `changedAt` moves is said in the patch. */
export function changeRecord(record: SchoolRecord, patch: RecordPatch, now: number): void {
  record.past.push({ until: now, content: contentOf(record) });
  if (record.past.length > PAST_KEPT) record.past.shift();
  Object.assign(record, patch);
  record.version++;
}

/** What the record was at a time, as far back as it is kept. */
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
