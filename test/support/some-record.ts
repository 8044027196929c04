import type { ProgressionRecord } from '../../local/sandbox/records.ts';

/**
 * A course progression as Kombo sends it. The name and the address of its learner must not appear in any
 * output.
 */
export const someRecord: ProgressionRecord & { id: string } = {
  id: 'progression-1',
  remote_id: 'remote-1',
  user_id: 'user-1',
  course_revision_id: 'revision-1',
  status: 'IN_PROGRESS',
  enrolled_at: '2026-02-01T09:00:00.000Z',
  completed_at: null,
  changed_at: '2026-02-20T09:00:00.000Z',
  remote_deleted_at: null,
  remote_data: null,
  user: {
    id: 'user-1',
    remote_id: 'u-1',
    first_name: 'Ada',
    last_name: 'Byron',
    work_email: 'ada@example.com',
  },
  course_revision: {
    id: 'revision-1',
    remote_id: 'r-1',
    title: 'First aid',
    course: { id: 'course-1', remote_id: 'c-1' },
  },
};
