import type { SuspectKind, WaitingChanges } from '../../contract/waiting-changes.ts';
import type { Decision } from '../decide/decide-page.ts';
import type { CourseCount, Held, HeldChunk } from '../state/checkpoint.ts';
import { changeSet, fingerprintOf } from './change-set.ts';

/** Of an item, which DynamoDB ends at 400 KB and which should stay below 100 KB. */
const CHUNK_BYTES = 64_000;
const LARGEST_COURSES = 20;
const SAMPLE_SIZE = 10;
const TITLE_LENGTH = 100;

/** Suspect changes as they are counted, page after page; each progression counts once, with the first of its changes. */
export type WaitingCount = {
  add(decision: Decision): void;
  /** Whether what was added since the last `take` fills a chunk. */
  isFull(): boolean;
  /** What was added since the last `take`, to be stored; null when that is nothing. */
  take(): HeldChunk | null;
  read(): Pick<Held, 'waiting' | 'sample'>;
};

/**
 * Continues a count, or begins one.
 *
 * @param held the count as it was saved
 * @param chunks the parts that were stored for it
 */
export async function waitingCount(
  held: Pick<Held, 'waiting' | 'sample'>,
  chunks: AsyncIterable<HeldChunk> | Iterable<HeldChunk>,
): Promise<WaitingCount> {
  const seen = changeSet();
  const courses = courseCounts();
  for await (const chunk of chunks) {
    seen.addAll(chunk.fingerprints);
    for (const course of chunk.courses) courses.add(course);
  }
  const kinds = new Map<string, number>(Object.entries(held.waiting.kinds));
  let { total } = held.waiting;
  const sample = [...held.sample];
  let fingerprints: Uint8Array[] = [];
  let chunkCourses = courseCounts();

  return {
    add({ change, suspect }) {
      if (suspect === null) return;
      const fingerprint = fingerprintOf(change);
      const { isNewChange, isNewProgression } = seen.add(fingerprint);
      if (isNewChange) fingerprints.push(fingerprint);
      if (!isNewProgression) return;
      const { id, revisionId, title } = change.course;
      const course = { id: id ?? revisionId, title: title && shortened(title), changes: 1 };
      courses.add(course);
      chunkCourses.add(course);
      kinds.set(suspect, (kinds.get(suspect) ?? 0) + 1);
      total += 1;
      if (sample.length < SAMPLE_SIZE) sample.push(change.state.id);
    },
    isFull: () => fingerprints.length * 16 + chunkCourses.bytes() >= CHUNK_BYTES,
    take() {
      if (fingerprints.length === 0) return null;
      const chunk = { fingerprints: Buffer.concat(fingerprints), courses: chunkCourses.list() };
      fingerprints = [];
      chunkCourses = courseCounts();
      return chunk;
    },
    read: () => ({
      waiting: { total, kinds: countsOf(kinds), ...largest(courses.list()) },
      sample: [...sample],
    }),
  };
}

/** A count of nothing. */
export const NOTHING_WAITS: WaitingChanges = {
  total: 0,
  kinds: {},
  courses: [],
  otherCourses: { courses: 0, changes: 0 },
};

function courseCounts() {
  const byId = new Map<string | null, CourseCount>();
  let bytes = 0;
  return {
    add({ id, title, changes }: CourseCount) {
      const before = byId.get(id);
      if (before === undefined) bytes += 3 * ((id?.length ?? 0) + (title?.length ?? 0)) + 50;
      byId.set(id, { id, title: before?.title ?? title, changes: (before?.changes ?? 0) + changes });
    },
    /** At most what they take as JSON in UTF-8. */
    bytes: () => bytes,
    list: () => [...byId.values()],
  };
}

function largest(all: CourseCount[]): Pick<WaitingChanges, 'courses' | 'otherCourses'> {
  const sorted = all.toSorted((a, b) => b.changes - a.changes || compare(a.id, b.id));
  const rest = sorted.slice(LARGEST_COURSES);
  const changes = rest.reduce((sum, course) => sum + course.changes, 0);
  return { courses: sorted.slice(0, LARGEST_COURSES), otherCourses: { courses: rest.length, changes } };
}

function compare(a: string | null, b: string | null): number {
  return (a ?? '') < (b ?? '') ? -1 : 1;
}

function countsOf(kinds: ReadonlyMap<string, number>): Partial<Record<SuspectKind, number>> {
  return Object.fromEntries(kinds);
}

function shortened(title: string): string {
  return title.slice(0, TITLE_LENGTH).toWellFormed();
}
