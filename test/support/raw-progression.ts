import type { ObservedProgression } from '../../functions/core/state/progression.ts';

/** A course progression in Kombo's own JSON. In a removed record, any field but `id` may be null. */
export type RawProgression = {
  id: string;
  remote_id: string | null;
  user_id: string | null;
  course_revision_id: string | null;
  status: string | null;
  enrolled_at: string | null;
  completed_at: string | null;
  changed_at: string | null;
  remote_deleted_at: string | null;
  remote_data: Record<string, unknown> | null;
  user: {
    id: string;
    remote_id: string;
    first_name: string | null;
    last_name: string | null;
    work_email: string | null;
  } | null;
  course_revision: {
    id: string;
    remote_id: string;
    title: string | null;
    course: { id: string; remote_id: string } | null;
  } | null;
};

/** Converts a raw record for the core, independently of the adapter that does this in production. */
export function observedFromRaw(raw: RawProgression): ObservedProgression {
  const { user, course_revision: revision } = raw;
  return {
    state: {
      id: raw.id,
      remoteId: raw.remote_id,
      status: statusOf(raw.status),
      enrolledAt: instant(raw.enrolled_at),
      completedAt: instant(raw.completed_at),
      changedAt: instant(raw.changed_at),
      removedAt: instant(raw.remote_deleted_at),
    },
    removed: raw.remote_deleted_at !== null,
    unknownStatus: raw.status !== null && statusOf(raw.status) === null ? raw.status : null,
    learner: { id: user?.id ?? null, remoteId: user?.remote_id ?? null },
    learnerDetails: {
      firstName: user?.first_name ?? null,
      lastName: user?.last_name ?? null,
      email: user?.work_email ?? null,
    },
    namesBlank: !user?.first_name && !user?.last_name && !user?.work_email,
    course: {
      id: revision?.course?.id ?? null,
      remoteId: revision?.course?.remote_id ?? null,
      revisionId: revision?.id ?? null,
      revisionRemoteId: revision?.remote_id ?? null,
      title: revision?.title ?? null,
    },
    erased: raw.remote_id === null && user === null && revision === null,
  };
}

function statusOf(status: string | null): ObservedProgression['state']['status'] {
  switch (status) {
    case 'ENROLLED':
    case 'IN_PROGRESS':
    case 'COMPLETED':
    case 'DROPPED':
      return status;
    default:
      return null;
  }
}

function instant(written: string | null): string | null {
  return written === null ? null : new Date(written).toISOString();
}
