import { RateLimitedError } from '../../core/errors.ts';
import type { ReadKomboStatus } from '../../core/operator/sync-with-kombo.ts';
import type { Kombo } from '../../core/ports.ts';
import { komboClient } from './client.ts';
import { readByIds, readCourseProgressions } from './course-progressions.ts';
import { type KeyOwner, readDataExpiredAt, readKeyOwner, readKomboStatus } from './lookups.ts';
import { RETRY_BUDGET, type RetryBudget } from './with-retries.ts';

/** Kombo's maximum. */
const PAGE_SIZE = 250;
/** The most characters of the filters in an URL: some servers refuse an URL of 4 KB. */
const LONGEST_FILTERS = 3_000;
/** A run waits for an integration's details between two steps: they are given up sooner than a page. */
const DETAILS_SHARE = 1 / 6;

/** What a run needs of Kombo, and lookups of an integration and of the key. */
export type KomboAdapter = Kombo & { readKomboStatus: ReadKomboStatus; readKeyOwner(): Promise<KeyOwner> };

/**
 * Kombo for the core: progressions including removed ones, in the largest pages.
 *
 * @param options.baseUrl with its `/v1`
 * @param options.apiKey read before each attempt
 * @throws DeploymentError when the base URL is invalid
 */
export function createKombo(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  pageSize?: number;
  retryBudget?: RetryBudget;
  fetch?: typeof globalThis.fetch;
}): KomboAdapter {
  const { pageSize = PAGE_SIZE, retryBudget = RETRY_BUDGET, fetch = globalThis.fetch } = options;
  const client = komboClient({ baseUrl: options.baseUrl, apiKey: options.apiKey, retryBudget, fetch });
  const hasty = { ...client, retryBudget: { ...retryBudget, totalMs: retryBudget.totalMs * DETAILS_SHARE } };
  return {
    readPage: ({ integration, updatedAfter, cursor, users = [], courses = [] }, signal) =>
      readCourseProgressions(
        client,
        integration,
        {
          page_size: pageSize,
          include_deleted: 'true',
          ...(updatedAfter !== null && { updated_after: updatedAfter }),
          ...filters(users, courses),
          ...(cursor !== null && { cursor }),
        },
        signal,
      ),

    readByIds: (integration, ids) => readByIds(client, integration, ids, pageSize),

    async readDataExpiredAt(integration) {
      try {
        return await readDataExpiredAt(hasty, integration);
      } catch (error) {
        if (error instanceof RateLimitedError) throw error;
        // If the details cannot be read, the data counts as valid: not every key has permission to read them.
        return null;
      }
    },

    readKomboStatus: (integration) => readKomboStatus(client, integration),

    readKeyOwner: () => readKeyOwner(client),
  };
}

/**
 * The filters of a page, without any if they are too long: the caller checks each record anyway. An unsupported filter would
 * match nothing, so Kombo is asked to ignore it.
 */
function filters(users: string[], courses: string[]) {
  const [user_ids, course_ids] = [users.join(','), courses.join(',')];
  if (encodeURIComponent(user_ids + course_ids).length > LONGEST_FILTERS) return {};
  return {
    ...(user_ids !== '' && { user_ids }),
    ...(course_ids !== '' && { course_ids }),
    ...(user_ids + course_ids !== '' && { ignore_unsupported_filters: 'true' as const }),
  };
}
