import * as z from 'zod/mini';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

/** The filters that take several values: a record passes when it has any one of them. */
export const FilterName = z.enum(['ids', 'remote_ids', 'user_ids', 'course_ids']);
export type FilterName = z.infer<typeof FilterName>;

const values = z.pipe(
  z.string(),
  z.transform((text) => new Set(text.split(',').map((value) => value.trim()))),
);
const flag = z._default(
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((text) => text === 'true'),
  ),
  false,
);

/** Kombo's pattern, which allows a date alone; without a zone it is UTC. */
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

/** The query of one request for course progressions, as the API's reference describes it. */
const PageRequest = z.strictObject({
  cursor: z.optional(z.string()),
  page_size: z._default(
    z.pipe(
      z.pipe(z.string().check(z.regex(/^\d+$/, 'is not a whole number')), z.transform(Number)),
      z.int().check(z.minimum(1), z.maximum(250)),
    ),
    100,
  ),
  /** In milliseconds since 1970. */
  updated_after: z.optional(instant),
  include_deleted: flag,
  ignore_unsupported_filters: flag,
  ids: z.optional(values),
  remote_ids: z.optional(values),
  user_ids: z.optional(values),
  course_ids: z.optional(values),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** Reads a query. Returns what is wrong with it, for people, when it breaks the reference. */
export function parsePageRequest(query: URLSearchParams): PageRequest | { invalid: string } {
  const names = [...query.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return { invalid: `${repeated}: given more than once` };
  const parsed = PageRequest.safeParse(Object.fromEntries(query), IN_ENGLISH);
  if (parsed.success) return parsed.data;
  return {
    invalid: parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '),
  };
}
