import * as z from 'zod/mini';
import { CursorRefusedError, IntegrationError, TransientError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import type { ObservedProgression, Page, RejectedRecord } from '../../core/state/progression.ts';
import { type KomboClient, read } from './client.ts';
import type { operations } from './generated/api.d.ts';
import { observe } from './progression-record.ts';
import { servedAt, successOf } from './response.ts';

/** Every parameter of `GET /lms/course-progressions`. */
type CourseProgressionsQuery = NonNullable<operations['readCourseProgressions']['parameters']['query']>;

/** Forty times Kombo's largest page. Without a limit, 64 MB could contain 20 million empty records. */
const MOST_RESULTS = 10_000;

/** `next` is required. Without this check, a run would end too early if a body has no `next`. */
const PageData = successOf(
  z.object({
    next: z.nullable(z.string().check(z.minLength(1))),
    results: z.array(z.unknown()).check(z.maxLength(MOST_RESULTS)),
  }),
);

/** @throws the errors of `core/errors.ts`; the signal's reason when it aborts */
export function readCourseProgressions(
  client: KomboClient,
  integration: string,
  query: CourseProgressionsQuery,
  signal?: AbortSignal,
): Promise<Page> {
  const request = { path: '/lms/course-progressions', integration, query };
  const pageOf = ({ next, results }: { next: string | null; results: unknown[] }, response: Response) => {
    const page: Page = { records: [], rejected: [], next, servedAt: servedAt(response, client.host) };
    for (const result of results) {
      const seen = observe(result);
      if ('observed' in seen) page.records.push(seen.observed);
      else page.rejected.push(seen.rejected);
    }
    return page;
  };
  return read(client, request, PageData, pageOf, signal);
}

const IDS_AT_ONCE = 100;
/** The maximum total length of the percent-encoded ids in a URL: some servers refuse a URL of 4 KB. */
const LETTERS_AT_ONCE = 3_500;

const COMPLAINT = 'Kombo sends endless pages for a request of records by their ids (report it to Kombo)';

type Found = { records: ObservedProgression[]; rejected: RejectedRecord[] };

/** @throws the errors of `core/errors.ts`, but no CursorRefusedError: the caller has no cursor */
export async function readByIds(
  client: KomboClient,
  integration: string,
  ids: string[],
  pageSize: number,
): Promise<Found> {
  const found: Found = { records: [], rejected: [] };
  const lettersOf = (id: string) => encodeURIComponent(`${id},`).length;
  const limits = { count: IDS_AT_ONCE, size: LETTERS_AT_ONCE };
  for (const chunk of grouped([...new Set(ids)], limits, lettersOf)) {
    const requested = new Set(chunk);
    for await (const page of pagesOf(client, integration, chunk, pageSize)) {
      // A server that ignores the parameter `ids` returns all its records.
      found.records.push(...page.records.filter(({ state }) => requested.has(state.id)));
      found.rejected.push(...page.rejected.filter(({ id }) => requested.has(id)));
    }
  }
  return found;
}

async function* pagesOf(client: KomboClient, integration: string, ids: string[], pageSize: number) {
  const query = { page_size: pageSize, include_deleted: 'true', ids: ids.join(',') } as const;
  const cursors = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Page = await readCourseProgressions(
      client,
      integration,
      cursor === null ? query : { ...query, cursor },
    ).catch(refuseCursor);
    yield page;
    cursor = page.next;
    if (cursor === null) return;
    if (cursors.has(cursor)) throw new IntegrationError(`${COMPLAINT}: the page cursor repeats`);
    cursors.add(cursor);
  } while (cursors.size <= ids.length);
  throw new IntegrationError(`${COMPLAINT}: it returned more pages than ids were requested`);
}

function refuseCursor(error: unknown): never {
  if (!(error instanceof CursorRefusedError)) throw error;
  throw new TransientError(
    'Kombo refused the cursor that it had returned with the page before: Schoolbell retries later',
    { cause: error },
  );
}
