import {
  CursorRefusedError,
  DeploymentError,
  type ErrorContext,
  IntegrationError,
  TransientError,
  WaitingError,
} from '../../core/errors.ts';

type KomboFailure = TransientError | IntegrationError | WaitingError | DeploymentError;

/** What to do about each of Kombo's error codes, in one line. New codes can appear: they are taken for transient. */
const meanings: Record<string, new (message: string, context: ErrorContext) => KomboFailure> = {
  'PLATFORM.RATE_LIMIT_EXCEEDED': TransientError,
  'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED': TransientError,
  'PLATFORM.UNKNOWN_ERROR': TransientError,
  'PLATFORM.TASK_TIMED_OUT': TransientError,
  'REMOTE.SERVICE_UNAVAILABLE': TransientError,
  'REMOTE.RATE_LIMIT_EXCEEDED': TransientError,
  'REMOTE.UNKNOWN_HTTP_ERROR': TransientError,
  'PLATFORM.INTEGRATION_NOT_FOUND': IntegrationError,
  'PLATFORM.INPUT_INVALID': IntegrationError,
  'REMOTE.INPUT_INVALID': IntegrationError,
  'INTEGRATION.PERMISSION_MISSING': IntegrationError,
  'INTEGRATION.AUTHENTICATION_INVALID': IntegrationError,
  'INTEGRATION.INACTIVE': IntegrationError,
  'INTEGRATION.MODEL_NOT_AVAILABLE': IntegrationError,
  'INTEGRATION.MODEL_DISABLED': IntegrationError,
  'INTEGRATION.ACTION_NOT_AVAILABLE': IntegrationError,
  'INTEGRATION.ACTION_DISABLED': IntegrationError,
  'INTEGRATION.QA_FAILED': WaitingError,
  'INTEGRATION.SETUP_SYNC_PENDING': WaitingError,
  'INTEGRATION.SETUP_INCOMPLETE': WaitingError,
  'PLATFORM.AUTHENTICATION_INVALID': DeploymentError,
  'PLATFORM.IP_NOT_WHITELISTED': DeploymentError,
};

const advice: Record<string, string> = {
  'PLATFORM.INTEGRATION_NOT_FOUND':
    'check the integration id and that the key belongs to its Kombo environment',
  'PLATFORM.INPUT_INVALID': 'Kombo does not take the request: report it to Schoolbell with the log page',
  'PLATFORM.AUTHENTICATION_INVALID': 'check the Kombo API key',
  'PLATFORM.IP_NOT_WHITELISTED': "add this machine's address to the allow list of the Kombo environment",
  'INTEGRATION.PERMISSION_MISSING': "the customer's account at the learning platform lacks a permission",
  'INTEGRATION.AUTHENTICATION_INVALID': 'the customer must connect the learning platform again',
  'INTEGRATION.INACTIVE': 'the integration is switched off in Kombo',
  'INTEGRATION.MODEL_NOT_AVAILABLE': 'this learning platform has no course progressions in Kombo',
  'INTEGRATION.MODEL_DISABLED': "switch course progressions on in the integration's scope in Kombo",
  'INTEGRATION.QA_FAILED': "Kombo's quality check of the integration did not pass yet",
  'INTEGRATION.SETUP_SYNC_PENDING': 'the first sync at Kombo is still running',
  'INTEGRATION.SETUP_INCOMPLETE': 'the integration is being set up in Kombo',
};

/** What Kombo answered instead of a page. */
export type Refusal = {
  status: number;
  code: string | null;
  logUrl: string | null;
  /** The request carried a page cursor. */
  withCursor: boolean;
};

/**
 * The error of a refusal: by its code, never by its message; by the HTTP status only where there is no code. Kombo's own
 * message is left out, since it may quote what a customer entered.
 *
 * @param host named where the address may be wrong
 */
export function refusalError({ status, code, logUrl, withCursor }: Refusal, host: string): Error {
  const context = { code, logUrl };
  if (code === 'PLATFORM.INPUT_INVALID' && withCursor)
    return new CursorRefusedError('Kombo refused the page cursor');
  if (code !== null) {
    const Kind = meanings[code] ?? TransientError;
    return new Kind(`Kombo answered ${code}: ${advice[code] ?? 'it is tried again'}`, context);
  }
  if (status === 401 || status === 403) {
    return new DeploymentError(`${host} answered ${status}: check the Kombo API key`, context);
  }
  if (status === 404) {
    return new DeploymentError(
      `${host} answered 404: check KOMBO_BASE_URL, which ends in /v1 at Kombo`,
      context,
    );
  }
  if (status === 400 && withCursor) return new CursorRefusedError('Kombo refused the page cursor');
  return new TransientError(`${host} answered ${status} without an error code`, context);
}
