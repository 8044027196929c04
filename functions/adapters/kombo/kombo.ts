import type { IntegrationId } from '../../contract/integration.ts';
import { RateLimitedError } from '../../core/errors.ts';
import type { ReadKomboStatus } from '../../core/operator/sync-with-kombo.ts';
import type { Kombo } from '../../core/ports.ts';
import { komboClient } from './client.ts';
import { readByIds, readCourseProgressions } from './course-progressions.ts';
import {
  findLearners,
  type KeyOwner,
  type LearnerName,
  readDataExpiredAt,
  readKeyOwner,
  readKomboStatus,
} from './lookups.ts';
import { RETRY_BUDGET, type RetryBudget } from './with-retries.ts';

/** Kombo's maximum number of records per page. */
const PAGE_SIZE = 250;
/** The maximum length of the percent-encoded filter in a URL: some servers refuse a URL of 4 KB. */
const LONGEST_FILTER = 3_000;
/** The share of the time limit for details: 5 of 30 seconds, because the run does nothing else meanwhile. */
const DETAILS_SHARE = 1 / 6;

export type KomboAdapter = Kombo & {
  readKomboStatus: ReadKomboStatus;
  readKeyOwner(): Promise<KeyOwner>;
  /** Returns Kombo's ids of the learners with this e-mail address, or with this id on the platform. */
  findLearners(integration: IntegrationId, name: LearnerName): Promise<string[]>;
};

/**
 * @param options.baseUrl the base URL, including Kombo's path `/v1`
 * @param options.apiKey called before each attempt
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
  const detailsClient = {
    ...client,
    retryBudget: { ...retryBudget, totalMs: retryBudget.totalMs * DETAILS_SHARE },
  };
  return {
    readPage: ({ integration, updatedAfter, cursor, users = [] }, signal) =>
      readCourseProgressions(
        client,
        integration,
        {
          page_size: pageSize,
          include_deleted: 'true',
          ...(updatedAfter !== null && { updated_after: updatedAfter }),
          ...filterOf(users),
          ...(cursor !== null && { cursor }),
        },
        signal,
      ),

    readByIds: (integration, ids) => readByIds(client, integration, ids, pageSize),

    async readDataExpiredAt(integration) {
      try {
        return await readDataExpiredAt(detailsClient, integration);
      } catch (error) {
        if (error instanceof RateLimitedError) throw error;
        // Some keys have no permission to read details. Then the data counts as valid.
        return null;
      }
    },

    readKomboStatus: (integration) => readKomboStatus(client, integration),

    readKeyOwner: () => readKeyOwner(client),

    findLearners: (integration, name) => findLearners(client, integration, name),
  };
}

/**
 * Returns no filter if the list is too long for a URL: the caller checks each record anyway. Kombo is asked
 * to ignore a filter that the integration does not support, since such a filter would match nothing.
 */
function filterOf(users: string[]) {
  const user_ids = users.join(',');
  if (user_ids === '' || encodeURIComponent(user_ids).length > LONGEST_FILTER) return {};
  return { user_ids, ignore_unsupported_filters: 'true' as const };
}
