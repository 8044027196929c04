import { IntegrationError } from '../../core/errors.ts';
import type { ObservedProgression, RejectedRecord } from '../../core/observed-progression.ts';
import type { Kombo } from '../../core/ports.ts';
import { type KomboApi, komboApi } from './course-progressions.ts';
import { PATIENCE, type Patience } from './request.ts';

/** Kombo's maximum. */
const PAGE_SIZE = 250;
/** Keeps the address of a request below 4 KB. */
const IDS_AT_ONCE = 100;

/**
 * Kombo as the core sees it: progressions with the deleted ones, in the largest pages.
 *
 * @param options.baseUrl with its `/v1`
 * @param options.apiKey asked before each request
 */
export function createKombo(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  pageSize?: number;
  patience?: Patience;
  fetch?: typeof globalThis.fetch;
}): Kombo {
  const { pageSize = PAGE_SIZE, patience = PATIENCE, fetch = globalThis.fetch } = options;
  const api = komboApi({ baseUrl: options.baseUrl, apiKey: options.apiKey, patience, fetch });
  return {
    readPage: ({ integration, updatedAfter, cursor }, signal) =>
      api.readCourseProgressions(
        integration,
        {
          page_size: pageSize,
          include_deleted: 'true',
          ...(updatedAfter !== null && { updated_after: updatedAfter }),
          ...(cursor !== null && { cursor }),
        },
        signal,
      ),

    async readByIds(integration, ids) {
      const records: ObservedProgression[] = [];
      const rejected: RejectedRecord[] = [];
      for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
        const found = await readAll(api, integration, ids.slice(at, at + IDS_AT_ONCE));
        records.push(...found.records);
        rejected.push(...found.rejected);
      }
      return { records, rejected };
    },

    async readDataExpiredAt(integration) {
      try {
        return (await api.readIntegrationDetails(integration)).dataExpiredAt;
      } catch {
        // Where the details cannot be read the data counts as valid: not every deployment's key may read them.
        return null;
      }
    },
  };
}

/** All pages of up to `IDS_AT_ONCE` records; more pages than records is no answer. */
async function readAll(
  api: KomboApi,
  integration: string,
  ids: string[],
): Promise<{ records: ObservedProgression[]; rejected: RejectedRecord[] }> {
  const records: ObservedProgression[] = [];
  const rejected: RejectedRecord[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages <= ids.length; pages += 1) {
    const page = await api.readCourseProgressions(integration, {
      page_size: PAGE_SIZE,
      include_deleted: 'true',
      ids: ids.join(','),
      ...(cursor !== null && { cursor }),
    });
    records.push(...page.records);
    rejected.push(...page.rejected);
    if (page.next === null) return { records, rejected };
    cursor = page.next;
  }
  throw new IntegrationError(`Kombo gave more pages than the ${ids.length} records that were asked for`);
}
