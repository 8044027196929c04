import * as z from 'zod/mini';

/** Where a measured process finds what it talks to. */
export const Services = z.object({
  /** The base URL of the sandbox, with its `/v1`. */
  kombo: z.string(),
  bus: z.string(),
  dynamoDb: z.string(),
  table: z.string(),
});
export type Services = z.infer<typeof Services>;

/** What the sandbox takes for its API key. */
export const KEY = 'key-of-the-benchmark';

/** When the records of the sandbox were made. */
export const CREATED_AT = Date.parse('2026-03-01T08:00:00.000Z');

/** No engine looks at them. */
export const CREDENTIALS = { accessKeyId: 'benchmark', secretAccessKey: 'benchmark' };
