import { RateLimitedError } from '../../core/errors.ts';
import type { ReadKomboStatus } from '../../core/operator/sync-with-kombo.ts';
import type { Kombo } from '../../core/ports.ts';
import { komboClient } from './client.ts';
import { readCourseProgressions } from './course-progressions.ts';
import { readIntegrationDetails } from './integration-details.ts';
import { readKomboStatus } from './integration-status.ts';
import { type KeyOwner, readKeyOwner } from './key-owner.ts';
import { readByIds } from './read-by-ids.ts';
import { RETRY_BUDGET, type RetryBudget } from './request.ts';

/** Kombo's maximum. */
const PAGE_SIZE = 250;
/** Of the filters in an address: some servers refuse an address of 4 KB. */
const LONGEST_FILTERS = 3_000;
/** A run waits for an integration's details between two steps: they are given up sooner than a page. */
const DETAILS_SHARE = 1 / 6;

/** Besides what a run needs of Kombo: what is asked about an integration and about the key. */
export type KomboAdapter = Kombo & { readKomboStatus: ReadKomboStatus; readKeyOwner(): Promise<KeyOwner> };

/**
 * Kombo as the core sees it: progressions with the deleted ones, in the largest pages.
 *
 * @param options.baseUrl with its `/v1`
 * @param options.apiKey asked before each attempt
 * @throws DeploymentError when the base URL is none
 */
export function createKombo(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  pageSize?: number;
  patience?: RetryBudget;
  fetch?: typeof globalThis.fetch;
}): KomboAdapter {
  const { pageSize = PAGE_SIZE, patience = RETRY_BUDGET, fetch = globalThis.fetch } = options;
  const client = komboClient({ baseUrl: options.baseUrl, apiKey: options.apiKey, patience, fetch });
  const hasty = { ...client, patience: { ...patience, totalMs: patience.totalMs * DETAILS_SHARE } };
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
        return (await readIntegrationDetails(hasty, integration)).dataExpiredAt;
      } catch (error) {
        if (error instanceof RateLimitedError) throw error;
        // Where the details cannot be read the data counts as valid: not every deployment's key may read them.
        return null;
      }
    },

    readKomboStatus: (integration) => readKomboStatus(client, integration),

    readKeyOwner: () => readKeyOwner(client),
  };
}

/**
 * A long list is left out: the caller checks each record anyway. So is a filter that the integration does not support,
 * which would otherwise match nothing.
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
