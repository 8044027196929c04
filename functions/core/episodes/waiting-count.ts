import type { WaitingChanges } from '../../contract/waiting-changes.ts';
import type { Decision } from '../decide/decide-page.ts';
import type { CourseCount, Held, HeldChunk } from '../state/checkpoint.ts';
import { changeSet, fingerprintOf } from './change-set.ts';

/** A chunk is stored at this size. DynamoDB allows 400 KB for an item, but large items are slow to read. */
const CHUNK_BYTES = 64_000;
const LARGEST_COURSES = 20;
const SAMPLE_SIZE = 10;
const TITLE_LENGTH = 100;

/** Continues a saved count of suspect changes. Each progression counts once, by its first change. */
export async function waitingCount(
  held: Pick<Held, 'waiting' | 'sample'>,
  chunks: AsyncIterable<HeldChunk> | Iterable<HeldChunk>,
) {
  const seen = changeSet();
  const courses = courseCounts();
  for await (const chunk of chunks) {
    seen.addAll(chunk.fingerprints);
    for (const course of chunk.courses) courses.add(course);
  }
  const kinds = { ...held.waiting.kinds };
  let { total } = held.waiting;
  const sample = [...held.sample];
  let fingerprints: Uint8Array[] = [];
  let chunkCourses = courseCounts();

  return {
    add({ change, suspect }: Decision): void {
      if (suspect === null) return;
      const fingerprint = fingerprintOf(change);
      const { isNewChange, isNewProgression } = seen.add(fingerprint);
      if (isNewChange) fingerprints.push(fingerprint);
      if (!isNewProgression) return;
      const { id, revisionId, title } = change.course;
      const course = {
        id: id ?? revisionId,
        title: title?.slice(0, TITLE_LENGTH).toWellFormed() ?? null,
        changes: 1,
      };
      courses.add(course);
      chunkCourses.add(course);
      kinds[suspect] = (kinds[suspect] ?? 0) + 1;
      total += 1;
      if (sample.length < SAMPLE_SIZE) sample.push(change.state.id);
    },
    /** Returns whether the changes since the last `take` fill a chunk. */
    isFull: () => fingerprints.length * 16 + chunkCourses.bytes() >= CHUNK_BYTES,
    /** Returns the changes since the last `take` as a chunk to store, or null if there are none. */
    take(): HeldChunk | null {
      if (fingerprints.length === 0) return null;
      const chunk = { fingerprints: Buffer.concat(fingerprints), courses: chunkCourses.list() };
      fingerprints = [];
      chunkCourses = courseCounts();
      return chunk;
    },
    read: (): Pick<Held, 'waiting' | 'sample'> => ({
      waiting: { total, kinds: { ...kinds }, ...largest(courses.list()) },
      sample: [...sample],
    }),
  };
}

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
    /** Returns an upper bound of the size of the courses as JSON in UTF-8. */
    bytes: () => bytes,
    list: () => [...byId.values()],
  };
}

function largest(all: CourseCount[]): Pick<WaitingChanges, 'courses' | 'otherCourses'> {
  const sorted = all.toSorted((a, b) => b.changes - a.changes || ((a.id ?? '') < (b.id ?? '') ? -1 : 1));
  const rest = sorted.slice(LARGEST_COURSES);
  const changes = rest.reduce((sum, course) => sum + course.changes, 0);
  return { courses: sorted.slice(0, LARGEST_COURSES), otherCourses: { courses: rest.length, changes } };
}
