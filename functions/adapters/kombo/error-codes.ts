import {
  AccessRefusedError,
  CursorRefusedError,
  type ErrorContext,
  IntegrationError,
  RateLimitedError,
  TransientError,
  WaitingError,
} from '../../core/errors.ts';

type KomboFailure = TransientError | IntegrationError | WaitingError | AccessRefusedError;
type Meaning = readonly [kind: new (message: string, context: ErrorContext) => KomboFailure, advice: string];

const needsPerson = (advice: string): Meaning => [IntegrationError, advice];

const TOO_FAST: Meaning = [TransientError, 'there were too many requests. Schoolbell retries later'];
const PASSES: Meaning = [TransientError, 'Schoolbell retries later. If the error persists, see the log page'];
const NO_PROGRESSIONS = needsPerson(
  'Kombo has no course progressions for this learning platform. Remove the integration from Schoolbell',
);
const SWITCHED_OFF = needsPerson("turn on course progressions in the integration's scope in Kombo");
const INVALID = needsPerson(
  'Kombo rejects the request. Check the integration id. If it is right, report the log page to Kombo',
);
const CHECK_KEY = 'check the Kombo API key';

/** The error and the advice for each code. According to Kombo, waiting never resolves `QA_FAILED`. */
const meanings = new Map<string, Meaning>(
  Object.entries({
    'PLATFORM.RATE_LIMIT_EXCEEDED': TOO_FAST,
    'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED': TOO_FAST,
    'PLATFORM.UNKNOWN_ERROR': PASSES,
    'PLATFORM.TASK_TIMED_OUT': PASSES,
    'REMOTE.SERVICE_UNAVAILABLE': PASSES,
    'REMOTE.RATE_LIMIT_EXCEEDED': TOO_FAST,
    'REMOTE.UNKNOWN_HTTP_ERROR': PASSES,
    'PLATFORM.INTEGRATION_NOT_FOUND': needsPerson(
      'check the integration id, and check that the key belongs to the Kombo environment of the integration',
    ),
    'PLATFORM.INPUT_INVALID': INVALID,
    'REMOTE.INPUT_INVALID': INVALID,
    'INTEGRATION.PERMISSION_MISSING': needsPerson(
      "the customer's account on the learning platform needs the permission that the log page names",
    ),
    'INTEGRATION.AUTHENTICATION_INVALID': needsPerson(
      'the customer must connect the learning platform again',
    ),
    'INTEGRATION.INACTIVE': needsPerson(
      'the integration is switched off in Kombo. Switch it on in Kombo, or remove it from Schoolbell',
    ),
    'INTEGRATION.MODEL_NOT_AVAILABLE': NO_PROGRESSIONS,
    'INTEGRATION.ACTION_NOT_AVAILABLE': NO_PROGRESSIONS,
    'INTEGRATION.MODEL_DISABLED': SWITCHED_OFF,
    'INTEGRATION.ACTION_DISABLED': SWITCHED_OFF,
    'INTEGRATION.QA_FAILED': needsPerson(
      "the integration did not pass Kombo's quality check. Ask Kombo for the reason",
    ),
    'INTEGRATION.SETUP_SYNC_PENDING': [
      WaitingError,
      'the first sync at Kombo is still running. Wait until it ends',
    ],
    'INTEGRATION.SETUP_INCOMPLETE': [
      WaitingError,
      'the integration is being set up in Kombo. Wait until the setup is finished',
    ],
    'PLATFORM.AUTHENTICATION_INVALID': [AccessRefusedError, CHECK_KEY],
    'PLATFORM.IP_NOT_WHITELISTED': [
      AccessRefusedError,
      "add this machine's address to the allow list of the Kombo environment",
    ],
  } satisfies Record<string, Meaning>),
);

/** A failed response from Kombo, or from a proxy in front of it. */
type Refusal = {
  status: number;
  code: string | null;
  logUrl: string | null;
  /** Whether the request had a page cursor. */
  withCursor: boolean;
  /** Milliseconds until the next window of Kombo's rate limit; null if the response names no window. */
  windowMs: number | null;
};

/**
 * Uses the error code and the HTTP status, never the message, which may quote data that a customer entered.
 * An unknown code counts as temporary, unless its status is that of the rate limit or of a refused cursor.
 */
export function refusalError(refusal: Refusal, host: string): Error {
  const { code, logUrl, windowMs } = refusal;
  if (isOfRateLimit(refusal) && windowMs !== null) {
    const message = `Kombo returned ${code ?? refusal.status}: there were too many requests. Kombo accepts the next request in ${Math.ceil(windowMs / 1000)} s`;
    return new RateLimitedError(message, { code, logUrl, waitMs: windowMs });
  }
  if (isOfCursor(refusal)) return new CursorRefusedError('Kombo refused the page cursor: try again');
  if (code === null) return errorOfStatus(refusal, host);
  const [Kind, advice] = meanings.get(code) ?? PASSES;
  return new Kind(`Kombo returned ${code}: ${advice}`, { code, logUrl });
}

/** Returns whether this is Kombo's own rate limit. Only this limit has windows, not those of platforms. */
function isOfRateLimit({ status, code }: Refusal): boolean {
  if (code !== null && meanings.has(code)) return code === 'PLATFORM.RATE_LIMIT_EXCEEDED';
  return status === 429;
}

/**
 * Returns whether Kombo may have refused the page cursor, after which the run reads again from the first
 * page. A bad request with an unknown code counts: if it were temporary, an expired cursor would be retried
 * forever.
 */
function isOfCursor({ status, code, withCursor }: Refusal): boolean {
  if (!withCursor) return false;
  if (code !== null && meanings.has(code)) return code === 'PLATFORM.INPUT_INVALID';
  return status === 400 || status === 410 || status === 422;
}

function errorOfStatus({ status, logUrl }: Refusal, host: string): Error {
  const context = { logUrl };
  const returned = `${host} returned ${status}`;
  if (status === 401 || status === 403) return new AccessRefusedError(`${returned}: ${CHECK_KEY}`, context);
  // Kombo returns a code for an unknown integration, so only the path can be wrong.
  if (status === 404) {
    return new AccessRefusedError(`${returned}: check KOMBO_BASE_URL (Kombo's URL ends in /v1)`, context);
  }
  if (status >= 300 && status < 400) {
    return new AccessRefusedError(`${returned}, a redirection: check KOMBO_BASE_URL`, context);
  }
  if (status === 400 || status === 422) {
    return new IntegrationError(`${returned}: ${INVALID[1]}`, context);
  }
  return new TransientError(`${returned} without an error code: ${PASSES[1]}`, context);
}
