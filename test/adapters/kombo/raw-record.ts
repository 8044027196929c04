export type Raw = Record<string, unknown>;

export const USER = {
  id: 'u1',
  remote_id: '32',
  first_name: 'Ada',
  last_name: 'Lovelace',
  work_email: 'ada@example.com',
};
export const REVISION = {
  id: 'r1',
  remote_id: 'remote-r1',
  title: 'Fire safety',
  course: { id: 'c1', remote_id: '7' },
};

/** Returns a record in the format of Kombo's API that is not removed. `differs` replaces some fields. */
export function rawRecord(differs: Raw = {}): Raw {
  return {
    id: 'p1',
    remote_id: 'remote-p1',
    user_id: 'u1',
    course_revision_id: 'r1',
    status: 'IN_PROGRESS',
    enrolled_at: '2026-02-01T09:00:00.000Z',
    completed_at: null,
    changed_at: '2026-02-03T09:00:00.000Z',
    remote_deleted_at: null,
    remote_data: null,
    user: USER,
    course_revision: REVISION,
    ...differs,
  };
}

export const REMOVED_AT = '2026-02-20T00:00:00.000Z';

/** Returns a removed record that still has all its fields. */
export function removedRecord(differs: Raw = {}): Raw {
  return rawRecord({ remote_deleted_at: REMOVED_AT, ...differs });
}

/** Returns a record with only its id, with some fields replaced. */
export function blankRecord(differs: Raw = {}): Raw {
  const nulls = Object.fromEntries(Object.keys(rawRecord()).map((field) => [field, null]));
  return { ...nulls, id: 'p1', ...differs };
}
