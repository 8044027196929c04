import type { CourseRevision } from './course-catalogue.ts';
import type { Mirrored } from './mirror.ts';
import type { Person } from './person.ts';
import type { ProgressionRecord } from './record-source.ts';

/** One learner in one revision of a course: what never changes. */
export type Progression = {
  id: string;
  remoteId: string;
  learner: Person;
  /** Without the course where the connector does not know it. */
  revision: Omit<CourseRevision, 'course'> & { course: CourseRevision['course'] | null };
};

/** The record that Kombo shows at `now`, in milliseconds since 1970; names are those of `now`. */
export function progressionRecord(
  { id, remoteId, learner, revision }: Progression,
  mirrored: Mirrored,
  now: number,
): ProgressionRecord {
  if (mirrored.erased) return erasedRecord(id);
  const lastName =
    learner.renamed !== null && learner.renamed.at <= now ? learner.renamed.lastName : learner.lastName;
  return {
    id,
    remote_id: remoteId,
    user_id: learner.id,
    course_revision_id: revision.id,
    status: mirrored.status,
    enrolled_at: timestamp(mirrored.enrolledAt),
    completed_at: timestamp(mirrored.completedAt),
    changed_at: timestamp(mirrored.changedAt),
    remote_deleted_at: timestamp(mirrored.removedAt),
    remote_data: null,
    user: {
      id: learner.id,
      remote_id: learner.remoteId,
      first_name: learner.firstName,
      last_name: lastName,
      work_email: learner.email,
    },
    course_revision: {
      id: revision.id,
      remote_id: revision.remoteId,
      title: revision.title,
      course: revision.course && { id: revision.course.id, remote_id: revision.course.remoteId },
    },
  };
}

/** What is left of a record 14 days after its removal. */
function erasedRecord(id: string): ProgressionRecord {
  return {
    id,
    remote_id: null,
    user_id: null,
    course_revision_id: null,
    status: null,
    enrolled_at: null,
    completed_at: null,
    changed_at: null,
    remote_deleted_at: null,
    remote_data: null,
    user: null,
    course_revision: null,
  };
}

const timestamp = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
