import type { Kombo } from '../../core/ports.ts';
import { readByIds } from './read-by-ids.ts';
import { readCourseProgressions } from './read-course-progressions.ts';
import { readDataExpiredAt } from './read-data-expired-at.ts';
import { createSender, type KomboConnection } from './requests.ts';
import { DEFAULT_RETRY_LIMITS } from './with-retries.ts';

/** The most that Kombo gives: the fewest requests, and the fewest gaps between pages for a record to slip through. */
const LARGEST_PAGE = 250;

/** The details are a side question, whose answer is not worth a third of a function's time. */
const DETAILS_MS = 10_000;

export type KomboOptions = KomboConnection & {
  /** 1 to 250, by default 250. */
  pageSize?: number;
};

/**
 * Kombo's API over HTTP. A page's records are checked one by one; what breaks the schema is in `rejected`.
 *
 * @throws DeploymentError when the base URL or the key cannot be right
 */
export function createKombo(options: KomboOptions): Kombo {
  const { pageSize = LARGEST_PAGE, ...connection } = options;
  const send = createSender(connection);
  const limits = { ...DEFAULT_RETRY_LIMITS, ...connection.limits };
  const sendBriefly = createSender({
    ...connection,
    limits: {
      ...limits,
      tryMs: Math.min(limits.tryMs, DETAILS_MS),
      totalMs: Math.min(limits.totalMs, DETAILS_MS),
    },
  });
  return {
    readPage: (request, signal) =>
      readCourseProgressions(send, { ...request, pageSize, includeDeleted: true }, signal),
    readByIds: (integration, ids) => readByIds(send, integration, ids, pageSize),
    readDataExpiredAt: (integration) => readDataExpiredAt(sendBriefly, integration),
  };
}
