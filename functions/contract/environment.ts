import { z } from 'zod';

/** Kombo's hosts. Any other is given as a whole in `KOMBO_BASE_URL`, with its `/v1`. */
export const KOMBO_HOSTS = {
  eu: 'https://api.kombo.dev/v1',
  us: 'https://api.us.kombo.dev/v1',
} as const;

const seconds = z.coerce.number().int().positive();

/**
 * The environment of the functions, by the names they are deployed with. Parsed once, at a cold start; a missing or
 * malformed variable is named in the error.
 */
export const Environment = z.object({
  TABLE_NAME: z.string().min(3),
  BUS_NAME: z.string().min(1),
  KOMBO_BASE_URL: z.url().default(KOMBO_HOSTS.eu),
  LEARNER_DETAILS: z.enum(['omit', 'include']).default('omit'),
  OVERLAP_SECONDS: seconds.default(15 * 60),
  JOURNAL_RETENTION_DAYS: seconds.default(90),
});
export type Environment = z.infer<typeof Environment>;
