import * as z from 'zod';
import { BaselineText } from './baseline-text.ts';
import { IntegrationId } from './integration-id.ts';

/** Kombo's hosts. Any other is given as a whole in `KOMBO_BASE_URL`, with its `/v1`. */
export const KOMBO_HOSTS = {
  eu: 'https://api.kombo.dev/v1',
  us: 'https://api.us.kombo.dev/v1',
} as const;

const wholeNumber = z.coerce.number().int();

const Shared = z.object({
  TABLE_NAME: z.string().min(3),
  QUEUE_URL: z.url(),
  BASELINE: BaselineText.default({ mode: 'silent' }).describe('Of integrations that are added by themselves'),
  JOURNAL_RETENTION_DAYS: wholeNumber.positive().default(90),
});

/**
 * The environment of the functions, by the names they are deployed with. Parsed once, at a cold start; a missing or
 * malformed variable is named in the error.
 */
export const Environment = Shared.extend({
  BUS_NAME: z.string().min(1).describe('Name or ARN'),
  KOMBO_SECRET_ID: z.string().min(1).describe('Name or ARN of the secret that holds the API key'),
  KOMBO_BASE_URL: z.url().default(KOMBO_HOSTS.eu),
  LEARNER_DETAILS: z.enum(['omit', 'include']).default('omit'),
  OVERLAP_SECONDS: wholeNumber.nonnegative().default(15 * 60),
  SURGE_SHARE: z.coerce.number().min(0).max(1).default(0.1),
  SURGE_FLOOR: wholeNumber.nonnegative().default(25),
});
export type Environment = z.infer<typeof Environment>;

/** The environment of dispatch. */
export const DispatchEnvironment = Shared.extend({
  INTEGRATIONS: z
    .string()
    .default('')
    .transform((text) => text.split(',').filter((id) => id !== ''))
    .pipe(z.array(IntegrationId))
    .describe('Added when they are not there yet, separated by commas'),
});

/** The environment of replay. */
export const ReplayEnvironment = Environment.omit({ QUEUE_URL: true }).extend({
  REPLAY_QUEUE_URL: z.url().describe('Where a replay asks to be carried on'),
});

/** What the command line is told of the deployment that it works on. */
export const OperatorEnvironment = Environment.extend({
  REPLAY_QUEUE_URL: z.url().optional().describe('Without it, the command line sends replays itself'),
});

/** The environment of webhook. */
export const WebhookEnvironment = Shared.pick({ QUEUE_URL: true }).extend({
  WEBHOOK_SECRET_ID: z.string().min(1).describe('Name or ARN of the secret that Kombo signs webhooks with'),
});

/**
 * The process's variables by one of the schemas above.
 *
 * @throws Error with one line that names each variable that is missing or wrong
 */
export function parseAs<T>(schema: z.ZodType<T>, variables: Record<string, string | undefined>): T {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`The environment is not complete: ${wrong.join('; ')}`);
}
