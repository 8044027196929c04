import * as z from 'zod/mini';
import type { ProgressionRecord, RecordView } from '../records.ts';
import { type ApiResponse, failure, success } from '../response.ts';
import { values } from './course-progressions.ts';

/** The filters that the sandbox supports. The sandbox returns all learners in one page. */
const Query = z.strictObject({
  page_size: z.optional(z.string()),
  include_deleted: z.optional(z.enum(['true', 'false'])),
  remote_ids: values,
  work_emails: values,
});

/** Returns the learners of the records. */
export function users(view: RecordView, parameters: URLSearchParams): ApiResponse {
  const query = Query.safeParse(Object.fromEntries(parameters));
  if (!query.success) return failure('PLATFORM.INPUT_INVALID', 'The query is not supported.');
  const { remote_ids, work_emails } = query.data;
  const found = new Map<string, object>();
  for (let index = 0; index < view.size; index += 1) {
    const { user, changed_at } = view.record(index);
    if (user === null || user.id === null || found.has(user.id)) continue;
    const isWanted =
      (remote_ids?.has(user.remote_id ?? '') ?? true) && (work_emails?.has(user.work_email ?? '') ?? true);
    if (isWanted) found.set(user.id, described(user, changed_at));
  }
  return success({ next: null, results: [...found.values()] });
}

function described(user: NonNullable<ProgressionRecord['user']>, changedAt: string | null): object {
  return {
    ...user,
    status: 'ACTIVE',
    remote_created_at: null,
    remote_deleted_at: null,
    changed_at: changedAt ?? '1970-01-01T00:00:00.000Z',
    remote_data: null,
    custom_fields: null,
    integration_fields: [],
  };
}
