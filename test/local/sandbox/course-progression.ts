import type { ProgressionRecord } from '../../../local/sandbox/records.ts';

/**
 * Returns a record that is not removed. `number` determines its ids. `learner` and `course` determine the ids
 * of the linked objects.
 */
export function courseProgression(
  number: number,
  {
    learner = number,
    course = 0,
    ...fields
  }: Partial<ProgressionRecord> & { learner?: number; course?: number } = {},
): ProgressionRecord {
  return {
    id: `progression-${number}`,
    remote_id: `remote-${number}`,
    user_id: `user-${learner}`,
    course_revision_id: `revision-${course}`,
    status: 'ENROLLED',
    enrolled_at: '2026-01-01T08:00:00.000Z',
    completed_at: null,
    changed_at: '2026-01-02T08:00:00.000Z',
    remote_deleted_at: null,
    remote_data: null,
    user: {
      id: `user-${learner}`,
      remote_id: `u${learner}`,
      first_name: 'Mary',
      last_name: 'Jackson',
      work_email: 'mary@example.com',
    },
    course_revision: {
      id: `revision-${course}`,
      remote_id: `r${course}`,
      title: 'Fluid Dynamics',
      course: { id: `course-${course}`, remote_id: `c${course}` },
    },
    ...fields,
  };
}
