import { z } from 'zod';

/** Kombo's hosts. Any other is given as a whole in `KOMBO_BASE_URL`, with its `/v1`. */
export const KOMBO_HOSTS = {
  eu: 'https://api.kombo.dev/v1',
  us: 'https://api.us.kombo.dev/v1',
} as const;

const wholeNumber = z.coerce.number().int();

/**
 * The environment of the functions, by the names they are deployed with. Parsed once, at a cold start; a missing or
 * malformed variable is named in the error.
 */
export const Environment = z.object({
  TABLE_NAME: z.string().min(3),
  BUS_NAME: z.string().min(1).describe('Name or ARN'),
  QUEUE_URL: z.url(),
  KOMBO_SECRET_ID: z.string().min(1).describe('Name or ARN of the secret that holds the API key'),
  KOMBO_BASE_URL: z.url().default(KOMBO_HOSTS.eu),
  LEARNER_DETAILS: z.enum(['omit', 'include']).default('omit'),
  OVERLAP_SECONDS: wholeNumber.nonnegative().default(15 * 60),
  JOURNAL_RETENTION_DAYS: wholeNumber.positive().default(90),
  SURGE_SHARE: z.coerce.number().min(0).max(1).default(0.1),
  SURGE_FLOOR: wholeNumber.nonnegative().default(25),
});
export type Environment = z.infer<typeof Environment>;

/**
 * @throws Error with one line that names each variable that is missing or wrong
 */
export function parseEnvironment(variables: Record<string, string | undefined>): Environment {
  const parsed = Environment.safeParse(variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is not complete: ${wrong.join('; ')}`);
}
