import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { IN_ENGLISH } from '../../../functions/contract/parsing.ts';
import {
  FILTERS,
  type FilterName,
  type ProgressionRecord,
  type RecordView,
  type SandboxIntegration,
} from '../records.ts';
import { type ApiResponse, failure, success } from '../response.ts';

/** Responds to `GET /lms/course-progressions` for one integration. `now` is in milliseconds since 1970. */
export function courseProgressions(
  integration: SandboxIntegration,
  parameters: URLSearchParams,
  now: number,
  largestPage: number,
): ApiResponse {
  const invalid = (message: string) => failure('PLATFORM.INPUT_INVALID', message);
  const query = parseQuery(parameters);
  if ('invalid' in query) return invalid(query.invalid);
  const filters = fingerprint(integration.id, parameters);
  let from = 0;
  if (query.cursor !== undefined) {
    const cursor = decodeCursor(query.cursor);
    if (cursor === null) return invalid('cursor: is not a cursor of this API');
    if (cursor.filters !== filters) return invalid('cursor: belongs to a request with other filters');
    from = cursor.index;
  }
  query.page_size = Math.min(query.page_size, largestPage);
  const view = integration.records.at(now);
  const { results, next } = readPage(view, query, from, integration.unsupportedFilters ?? []);
  return success({ next: next === null ? null : encodeCursor(next, filters), results });
}

export const values = z.optional(
  z.pipe(
    z.string(),
    z.transform((text) => new Set(text.split(',').map((value) => value.trim()))),
  ),
);
const flag = z._default(z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }), false);

/** A date or a time in the format that Kombo's pattern allows. A time without a time zone is in UTC. */
const instant = z
  .pipe(
    z
      .string()
      .check(
        z.regex(
          /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?)?Z?$/,
          'is not in the format YYYY-MM-DDTHH:mm:ss.sssZ',
        ),
      ),
    z.transform((text) => {
      const zoneless = text.replace(/Z$/, '');
      return Date.parse(zoneless.includes('T') ? `${zoneless}Z` : zoneless);
    }),
  )
  .check(z.refine((ms) => !Number.isNaN(ms), 'is not a date'));

/** The query parameters, as Kombo's API reference describes them. */
const Query = z.strictObject({
  cursor: z.optional(z.string()),
  page_size: z._default(
    z.pipe(
      z.pipe(z.string().check(z.regex(/^\d+$/, 'is not a whole number')), z.transform(Number)),
      z.int().check(z.minimum(1), z.maximum(250)),
    ),
    100,
  ),
  /** The parsed time, in milliseconds since 1970. */
  updated_after: z.optional(instant),
  include_deleted: flag,
  ignore_unsupported_filters: flag,
  ids: values,
  remote_ids: values,
  user_ids: values,
  course_ids: values,
});
type Query = z.infer<typeof Query>;

/** Returns in `invalid` what does not agree with Kombo's reference. */
function parseQuery(parameters: URLSearchParams): Query | { invalid: string } {
  const names = [...parameters.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return { invalid: `${repeated}: given more than once` };
  const parsed = Query.safeParse(Object.fromEntries(parameters), IN_ENGLISH);
  if (parsed.success) return parsed.data;
  return {
    invalid: parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '),
  };
}

/** `index` is where the next page starts. The index of a record changes when other records change. */
function encodeCursor(index: number, filters: string): string {
  return Buffer.from(`${index}/${filters}`).toString('base64url');
}

/** Returns null if the text is not a cursor of the sandbox. */
function decodeCursor(text: string): { index: number; filters: string } | null {
  const [, index, filters] = /^(\d+)\/(.+)$/.exec(Buffer.from(text, 'base64url').toString()) ?? [];
  return filters === undefined ? null : { index: Number(index), filters };
}

function fingerprint(integration: string, parameters: URLSearchParams): string {
  const filters = [...parameters].filter(([name]) => name !== 'cursor' && name !== 'page_size').sort();
  return hash('sha256', JSON.stringify([integration, filters]), 'base64url').slice(0, 16);
}

const fieldOf: Record<FilterName, (record: ProgressionRecord) => string | null | undefined> = {
  ids: (record) => record.id,
  remote_ids: (record) => record.remote_id,
  user_ids: (record) => record.user_id,
  course_ids: (record) => record.course_revision?.course?.id,
};

/**
 * Returns one page of the records that match every filter. `next` is the index where the next page starts, or
 * null. `updated_after` is exclusive: Kombo's reference does not specify this, and it is the harder case for
 * the poll.
 */
function readPage(view: RecordView, query: Query, from: number, unsupported: readonly FilterName[]) {
  const matches = fieldFilter(query, unsupported);
  const results: ProgressionRecord[] = [];
  for (const index of indexesFrom(view, query, from)) {
    if (query.updated_after !== undefined && view.changedAt(index) <= query.updated_after) continue;
    if (!query.include_deleted && view.removed(index)) continue;
    const record = view.record(index);
    if (!matches(record)) continue;
    if (results.length === query.page_size) return { results, next: index };
    results.push(record);
  }
  return { results, next: null };
}

/** An unsupported filter matches no record, unless the request sets `ignore_unsupported_filters`. */
function fieldFilter(query: Query, unsupported: readonly FilterName[]) {
  const wanted = FILTERS.flatMap((name) => {
    const values = query[name];
    if (values === undefined) return [];
    if (!unsupported.includes(name)) return [{ field: fieldOf[name], values }];
    return query.ignore_unsupported_filters ? [] : [{ field: () => null, values }];
  });
  return (record: ProgressionRecord) =>
    wanted.every(({ field, values }) => {
      const value = field(record);
      return value != null && values.has(value);
    });
}

function* indexesFrom(view: RecordView, { ids }: Query, from: number): Generator<number> {
  if (ids !== undefined && view.indexOf !== undefined) {
    const indexes = [...ids].flatMap((id) => view.indexOf?.(id) ?? []);
    yield* indexes.filter((index) => index >= from).sort((a, b) => a - b);
    return;
  }
  for (let index = from; index < view.size; index += 1) yield index;
}
