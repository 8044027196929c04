import type { components } from '../../functions/adapters/kombo/generated/api.d.ts';

/** A response of the API, before it is sent. */
export type ApiResponse = { status: number; headers: Record<string, string>; body: Body };

/** The server adds the URL of Kombo's log about the request to an error without this URL. */
type Body = { status: 'success'; data: object } | { status: 'error'; error: ApiError };
type ApiError = { code: string | null; title: string | null; message: string; log_url?: string | undefined };

type ErrorCode = components['schemas']['ErrorCode'];

/** The HTTP status and the title of each error code that the sandbox returns. */
const FAILURES = {
  'PLATFORM.AUTHENTICATION_INVALID': [401, 'The API key is invalid.'],
  'PLATFORM.INTEGRATION_NOT_FOUND': [404, 'The integration does not exist.'],
  'PLATFORM.INPUT_INVALID': [400, 'The request is invalid.'],
  'PLATFORM.RATE_LIMIT_EXCEEDED': [429, 'Too many requests.'],
  'PLATFORM.UNKNOWN_ERROR': [500, 'Something went wrong.'],
} as const satisfies Partial<Record<ErrorCode, readonly [number, string]>>;

export function success(data: object): ApiResponse {
  return { status: 200, headers: {}, body: { status: 'success', data } };
}

export function failure(code: keyof typeof FAILURES, message: string): ApiResponse {
  const [status, title] = FAILURES[code];
  return failureWith({ status, code, title, message });
}

/** Returns a failure response with any error code, including codes that Kombo does not have. */
export function failureWith(failed: ApiError & { status: number }): ApiResponse {
  const { status, code, title, message, log_url } = failed;
  return { status, headers: {}, body: { status: 'error', error: { code, title, message, log_url } } };
}

export function noSuchPath(path: string): ApiResponse {
  return failureWith({ status: 404, code: null, title: null, message: `There is no ${path} here.` });
}
