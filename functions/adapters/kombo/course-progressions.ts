import createClient from 'openapi-fetch';
import * as z from 'zod';
import { TransientError } from '../../core/errors.ts';
import type { Page } from '../../core/observed-progression.ts';
import { readAnswer } from './answer.ts';
import type { operations, paths } from './generated/api.d.ts';
import { observe } from './progression-record.ts';
import { type Patience, persist } from './request.ts';

/** Every parameter of `GET /lms/course-progressions`. */
export type CourseProgressionsQuery = NonNullable<
  operations['readCourseProgressions']['parameters']['query']
>;

export type KomboApi = {
  readCourseProgressions(
    integration: string,
    query: CourseProgressionsQuery,
    signal?: AbortSignal,
  ): Promise<Page>;
  /** The integration's details. A run waits for them between two steps: they are given up sooner. */
  readIntegrationDetails(integration: string): Promise<IntegrationDetails>;
};

export type IntegrationDetails = {
  dataExpiredAt: string | null;
  category: string | null;
  status: string | null;
};

const PageData = z.object({
  next: z.string().min(1).nullish(),
  results: z.array(z.unknown()),
});

const IntegrationData = z.object({
  data_expired_at: z.string().nullish(),
  category: z.string().nullish(),
  status: z.string().nullish(),
});

/**
 * Kombo's API over HTTP, each request tried for as long as the patience lasts.
 *
 * @throws the errors of `core/errors.ts`
 */
export function komboApi(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  patience: Patience;
  fetch: typeof globalThis.fetch;
}): KomboApi {
  const { apiKey, patience } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const host = new URL(baseUrl).host;
  const client = createClient<paths>({ baseUrl, fetch: (request) => options.fetch(request) });
  const authorization = async () => ({ Authorization: `Bearer ${await apiKey()}` });

  return {
    readCourseProgressions: (integration, query, signal) =>
      persist(
        async (attemptSignal) => {
          const answer = await client.GET('/lms/course-progressions', {
            params: { header: { 'X-Integration-Id': integration }, query },
            headers: await authorization(),
            parseAs: 'text',
            signal: attemptSignal,
          });
          const context = { host, withCursor: query.cursor !== undefined };
          const data = readAnswer(PageData, bodyOf(answer), context);
          return pageOf(data, answer.response, host);
        },
        { patience, host, signal },
      ),

    readIntegrationDetails: (integration) =>
      persist(
        async (attemptSignal) => {
          const answer = await client.GET('/integrations/{integration_id}', {
            params: { path: { integration_id: integration } },
            headers: await authorization(),
            parseAs: 'text',
            signal: attemptSignal,
          });
          const context = { host, withCursor: false };
          const details = readAnswer(IntegrationData, bodyOf(answer), context);
          return {
            dataExpiredAt: details.data_expired_at ?? null,
            category: details.category ?? null,
            status: details.status ?? null,
          };
        },
        { patience: { ...patience, totalMs: patience.totalMs / 6 }, host, signal: undefined },
      ),
  };
}

/** The body as text: of an error, the client has already parsed what is JSON. */
function bodyOf({ data, error, response }: { data?: unknown; error?: unknown; response: Response }) {
  const body = data ?? error ?? '';
  return { response, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function pageOf({ next, results }: z.infer<typeof PageData>, response: Response, host: string): Page {
  const page: Page = { records: [], rejected: [], next: next ?? null, servedAt: servedAt(response, host) };
  for (const result of results) {
    const seen = observe(result);
    if ('observed' in seen) page.records.push(seen.observed);
    else page.rejected.push(seen.rejected);
  }
  return page;
}

/** Kombo's clock. The machine's own is never a stand-in for it: the watermark comes from here. */
function servedAt({ headers }: Response, host: string): string {
  const instant = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(instant)) {
    throw new TransientError(
      `${host} answered without a Date header, which the watermark is taken from: check what stands between`,
    );
  }
  return new Date(instant).toISOString();
}
