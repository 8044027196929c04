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

const TOO_FAST: Meaning = [TransientError, 'too many requests; it is tried again later'];
const PASSES: Meaning = [TransientError, 'it is tried again later; if it stays, see the log page'];
const NO_PROGRESSIONS: Meaning = [
  IntegrationError,
  'this learning platform has no course progressions in Kombo: remove the integration here',
];
const SWITCHED_OFF: Meaning = [
  IntegrationError,
  "switch course progressions on in the integration's scope in Kombo",
];
const NOT_TAKEN: Meaning = [
  IntegrationError,
  'Kombo does not take the request: check the integration id; if it is right, report the log page',
];
const CHECK_KEY = 'check the Kombo API key';

/**
 * What to do about each of Kombo's error codes, in one line. Kombo's docs have `QA_FAILED` as one that needs a person, and
 * never passes by waiting alone.
 */
const meanings = new Map<string, Meaning>([
  ['PLATFORM.RATE_LIMIT_EXCEEDED', TOO_FAST],
  ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', TOO_FAST],
  ['PLATFORM.UNKNOWN_ERROR', PASSES],
  ['PLATFORM.TASK_TIMED_OUT', PASSES],
  ['REMOTE.SERVICE_UNAVAILABLE', PASSES],
  ['REMOTE.RATE_LIMIT_EXCEEDED', TOO_FAST],
  ['REMOTE.UNKNOWN_HTTP_ERROR', PASSES],
  [
    'PLATFORM.INTEGRATION_NOT_FOUND',
    [IntegrationError, 'check the integration id, and that the key belongs to its Kombo environment'],
  ],
  ['PLATFORM.INPUT_INVALID', NOT_TAKEN],
  ['REMOTE.INPUT_INVALID', NOT_TAKEN],
  [
    'INTEGRATION.PERMISSION_MISSING',
    [
      IntegrationError,
      'the customer must give their account at the learning platform the permission that the log page names',
    ],
  ],
  [
    'INTEGRATION.AUTHENTICATION_INVALID',
    [IntegrationError, 'the customer must connect the learning platform again'],
  ],
  [
    'INTEGRATION.INACTIVE',
    [IntegrationError, 'the integration is switched off in Kombo: switch it on there, or remove it here'],
  ],
  ['INTEGRATION.MODEL_NOT_AVAILABLE', NO_PROGRESSIONS],
  ['INTEGRATION.ACTION_NOT_AVAILABLE', NO_PROGRESSIONS],
  ['INTEGRATION.MODEL_DISABLED', SWITCHED_OFF],
  ['INTEGRATION.ACTION_DISABLED', SWITCHED_OFF],
  [
    'INTEGRATION.QA_FAILED',
    [IntegrationError, "the integration did not pass Kombo's quality check: ask Kombo about it"],
  ],
  [
    'INTEGRATION.SETUP_SYNC_PENDING',
    [WaitingError, 'the first sync at Kombo is still running: wait for it to end'],
  ],
  [
    'INTEGRATION.SETUP_INCOMPLETE',
    [WaitingError, 'the integration is being set up: wait until that is finished in Kombo'],
  ],
  ['PLATFORM.AUTHENTICATION_INVALID', [AccessRefusedError, CHECK_KEY]],
  [
    'PLATFORM.IP_NOT_WHITELISTED',
    [AccessRefusedError, "add this machine's address to the allow list of the Kombo environment"],
  ],
]);

/** What Kombo, or something before it, answered instead of a page. */
export type Refusal = {
  status: number;
  code: string | null;
  logUrl: string | null;
  /** It came in Kombo's own envelope. */
  fromKombo: boolean;
  /** The request carried a page cursor. */
  withCursor: boolean;
  /** Until the next window of Kombo's rate limit, in milliseconds; null where the answer does not say. */
  windowMs: number | null;
};

/**
 * The error of a refusal: by its code, never by its message; by the HTTP status only where there is no code. A code that
 * is not known is taken for transient. Kombo's own message is left out, since it may quote what a customer entered.
 *
 * @param host named where the address may be wrong
 */
export function refusalError(refusal: Refusal, host: string): Error {
  const { code, logUrl } = refusal;
  const { windowMs } = refusal;
  if (isOfRateLimit(refusal) && windowMs !== null) {
    const message = `Kombo answered ${code ?? refusal.status}: too many requests, the next one in ${Math.ceil(windowMs / 1000)} s`;
    return new RateLimitedError(message, { code, logUrl, waitMs: windowMs });
  }
  if (isOfCursor(refusal)) return new CursorRefusedError('Kombo refused the page cursor');
  if (code === null) return errorOfStatus(refusal, host);
  const [Kind, advice] = meanings.get(code) ?? PASSES;
  return new Kind(`Kombo answered ${code}: ${advice}`, { code, logUrl });
}

/** Not the limit of the learning platform, and not the one on actions at the same time: these have no windows. */
function isOfRateLimit({ status, code }: Refusal): boolean {
  if (code !== null && meanings.has(code)) return code === 'PLATFORM.RATE_LIMIT_EXCEEDED';
  return status === 429;
}

/**
 * Whether to begin with the first page again, which costs reads alone. A code that is not known counts too when its
 * status blames the request: taken for transient, a cursor that has expired would be tried forever.
 */
function isOfCursor({ status, code, withCursor }: Refusal): boolean {
  if (!withCursor) return false;
  if (code !== null && meanings.has(code)) return code === 'PLATFORM.INPUT_INVALID';
  return status === 400 || status === 410 || status === 422;
}

function errorOfStatus({ status, logUrl, fromKombo }: Refusal, host: string): Error {
  const context = { logUrl };
  const answered = `${host} answered ${status}`;
  if (status === 401 || status === 403) return new AccessRefusedError(`${answered}: ${CHECK_KEY}`, context);
  if (status === 404 && !fromKombo) {
    return new AccessRefusedError(`${answered}: check KOMBO_BASE_URL, which ends in /v1 at Kombo`, context);
  }
  if (status >= 300 && status < 400) {
    return new AccessRefusedError(`${answered}, a redirection: check KOMBO_BASE_URL`, context);
  }
  if (status === 400 || status === 404 || status === 422) {
    return new IntegrationError(`${answered}: ${NOT_TAKEN[1]}`, context);
  }
  return new TransientError(`${answered} without an error code: ${PASSES[1]}`, context);
}
