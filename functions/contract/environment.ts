import * as z from 'zod/mini';
import { described } from './field-types.ts';
import { BaselineText, IntegrationId } from './integration.ts';
import { IN_ENGLISH } from './parsing.ts';

/** Kombo's hosts. Another host is set as a full address in `KOMBO_BASE_URL`, with `/v1`. */
export const KOMBO_HOSTS = {
  eu: 'https://api.kombo.dev/v1',
  us: 'https://api.us.kombo.dev/v1',
} as const;

const THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** The error message for an invalid address. It does not show the address, which may contain a password. */
export const ADDRESS_RULE =
  'must be an https address without user and password (http is allowed for this machine only: localhost or 127.0.0.1)';

/** Returns whether keys and records may be sent to an address: encrypted or local, without a password. */
export function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isPrivate = protocol === 'https:' || (protocol === 'http:' && THIS_MACHINE.test(hostname));
  return isPrivate && username === '' && password === '';
}

export const Address = z.string().check(z.refine(isAddress, ADDRESS_RULE));

/**
 * What Schoolbell does with the platforms' own ids of learners and progressions. With `hash-emails`, the
 * default, only ids that look like an e-mail address are hashed.
 */
export const RemoteIds = z.enum(['keep', 'hash', 'omit', 'hash-emails']);
export type RemoteIds = z.infer<typeof RemoteIds>;

// An empty text would be coerced to 0.
const number = z.pipe(z.string().check(z.regex(/\d/, 'must be a number')), z.coerce.number());
const wholeNumber = number.check(z.int());

/** Values separated by commas. Without the variable, the list is empty. */
const listOf = (item: z.ZodMiniType<string, string>) =>
  z.pipe(
    z.pipe(
      z._default(z.string(), ''),
      z.transform((text) => text.split(',').filter((part) => part !== '')),
    ),
    z.array(item),
  );

/** The environment variables that several functions have in common. */
const SharedEnvironment = z.object({
  TABLE_NAME: z.string().check(z.minLength(3)),
  QUEUE_URL: Address,
  BASELINE: described(
    z._default(BaselineText, { mode: 'silent' }),
    'The baseline of integrations that are added automatically',
  ),
  JOURNAL_RETENTION_DAYS: z._default(wholeNumber.check(z.positive()), 90),
});

/** The environment of the poll function. Parsed once, at a cold start. */
export const Environment = z.extend(SharedEnvironment, {
  BUS_NAME: described(z.string().check(z.minLength(1)), 'Name or ARN of the bus'),
  KOMBO_SECRET_ID: described(
    z.string().check(z.minLength(1)),
    'Name or ARN of the secret that holds the API key',
  ),
  KOMBO_BASE_URL: z._default(Address, KOMBO_HOSTS.eu),
  LEARNER_DETAILS: z._default(z.enum(['omit', 'include']), 'omit'),
  REMOTE_IDS: z._default(RemoteIds, 'hash-emails'),
  REMOTE_IDS_KEY_ID: described(
    z.string().check(z.minLength(1)),
    'Name or ARN of the secret with the key for hashing ids',
  ),
  OVERLAP_SECONDS: z._default(wholeNumber.check(z.nonnegative()), 15 * 60),
  SURGE_SHARE: z._default(number.check(z.minimum(0), z.maximum(1)), 0.1),
  SURGE_FLOOR: z._default(wholeNumber.check(z.nonnegative()), 25),
});
export type Environment = z.infer<typeof Environment>;

/** @throws Error with one line that names each missing or wrong variable */
export function parseAs<T>(schema: z.ZodMiniType<T>, variables: Record<string, string | undefined>): T {
  const parsed = schema.safeParse(variables, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`Environment variables are missing or wrong: ${wrong.join('; ')}`);
}

export const DispatchEnvironment = z.extend(SharedEnvironment, {
  POLL_EVERY_MINUTES: described(number.check(z.positive()), 'Minutes from one dispatch to the next'),
  INTEGRATIONS: described(
    listOf(IntegrationId),
    'Integrations to add if they are unknown, separated by commas',
  ),
});

export const ReplayEnvironment = z.extend(z.omit(Environment, { QUEUE_URL: true }), {
  REPLAY_QUEUE_URL: described(Address, 'The queue of replays to continue'),
});

export const WebhookEnvironment = z.extend(z.pick(SharedEnvironment, { QUEUE_URL: true }), {
  WEBHOOK_SECRET_ID: described(
    z.string().check(z.minLength(1)),
    'Name or ARN of the secret with which Kombo signs webhooks',
  ),
});

/** The environment of the command line. */
export const OperatorEnvironment = z.extend(Environment, {
  REPLAY_QUEUE_URL: described(
    z.optional(Address),
    'Without this queue, the command line sends replays itself',
  ),
  STACKS_OFF: described(
    listOf(z.string()),
    'Stacks of consumers that the settings switch off, separated by commas',
  ),
});
