import * as z from 'zod';

/** The filters that take several values: a record passes when it has any one of them. */
export const FilterName = z.enum(['ids', 'remote_ids', 'user_ids', 'course_ids']);
export type FilterName = z.infer<typeof FilterName>;

const values = z.string().transform((text) => new Set(text.split(',').map((value) => value.trim())));
const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .default(false);

/** Kombo's pattern, which allows a date alone; without a zone it is UTC. */
const instant = z
  .string()
  .regex(
    /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?)?Z?$/,
    'is not in the format YYYY-MM-DDTHH:mm:ss.sssZ',
  )
  .transform((text) => text.replace(/Z$/, ''))
  .transform((text) => Date.parse(text.includes('T') ? `${text}Z` : text))
  .refine((ms) => !Number.isNaN(ms), 'is not a date');

/** The query of one request for course progressions, as the API's reference describes it. */
const PageRequest = z.strictObject({
  cursor: z.string().optional(),
  page_size: z
    .string()
    .regex(/^\d+$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(250))
    .default(100),
  /** In milliseconds since 1970. */
  updated_after: instant.optional(),
  include_deleted: flag,
  ignore_unsupported_filters: flag,
  ids: values.optional(),
  remote_ids: values.optional(),
  user_ids: values.optional(),
  course_ids: values.optional(),
});
export type PageRequest = z.infer<typeof PageRequest>;

/** Reads a query. Returns what is wrong with it, for people, when it breaks the reference. */
export function parsePageRequest(query: URLSearchParams): PageRequest | { invalid: string } {
  const names = [...query.keys()];
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return { invalid: `${repeated}: given more than once` };
  const parsed = PageRequest.safeParse(Object.fromEntries(query));
  if (parsed.success) return parsed.data;
  return {
    invalid: parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; '),
  };
}
