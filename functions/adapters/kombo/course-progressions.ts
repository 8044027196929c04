import * as z from 'zod/mini';
import { IntegrationError } from '../../core/errors.ts';
import type { Page } from '../../core/state/progression.ts';
import { readAnswer, servedAt, successOf } from './answer.ts';
import { answerOf, type KomboClient } from './client.ts';
import type { operations } from './generated/api.d.ts';
import { observe } from './progression-record.ts';
import { withRetries } from './request.ts';

/** Every parameter of `GET /lms/course-progressions`. */
export type CourseProgressionsQuery = NonNullable<
  operations['readCourseProgressions']['parameters']['query']
>;

/** Forty times Kombo's largest page. A body of 64 MB can hold 20 million empty records. */
const MOST_RESULTS = 10_000;

/** An absent `next` is no last page: were it one, a body that lacks it would end a run too early. */
const PageAnswer = successOf(
  z.object({
    next: z.nullable(z.string().check(z.minLength(1))),
    results: z.array(z.unknown()).check(z.maxLength(MOST_RESULTS)),
  }),
);

/**
 * One page of course progressions, tried for as long as the patience lasts.
 *
 * @throws the errors of `core/errors.ts`; the signal's reason once it aborts
 */
export function readCourseProgressions(
  client: KomboClient,
  integration: string,
  query: CourseProgressionsQuery,
  signal?: AbortSignal,
): Promise<Page> {
  const { host } = client;
  return withRetries(
    async (attemptSignal) => {
      const answer = await client.http.GET('/lms/course-progressions', {
        params: { header: { 'X-Integration-Id': checkId(integration) }, query },
        ...(await client.request(attemptSignal)),
      });
      const context = { host, withCursor: query.cursor !== undefined };
      return pageOf(readAnswer(PageAnswer, answerOf(answer), context), answer.response, host);
    },
    client,
    signal,
  );
}

function pageOf(
  { next, results }: { next: string | null; results: unknown[] },
  response: Response,
  host: string,
): Page {
  const page: Page = { records: [], rejected: [], next, servedAt: servedAt(response, host) };
  for (const result of results) {
    const seen = observe(result);
    if ('observed' in seen) page.records.push(seen.observed);
    else page.rejected.push(seen.rejected);
  }
  return page;
}

/** What no header can hold is the id of no integration. */
function checkId(integration: string): string {
  if (/^[\x21-\x7e]+$/.test(integration)) return integration;
  throw new IntegrationError('the integration id has a character that no id has: check it');
}
