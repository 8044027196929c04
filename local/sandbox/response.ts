import type { components } from '../../functions/adapters/kombo/generated/api.d.ts';

/** A response of the API, before it is sent. The server adds the URL of Kombo's log to an error. */
export type ApiResponse = {
  status: number;
  body: { status: 'success'; data: object } | { status: 'error'; error: ApiError };
};
type ApiError = { code: string | null; title: string | null; message: string };

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
  return { status: 200, body: { status: 'success', data } };
}

export function failure(code: keyof typeof FAILURES, message: string): ApiResponse {
  const [status, title] = FAILURES[code];
  return { status, body: { status: 'error', error: { code, title, message } } };
}

export function noSuchPath(path: string): ApiResponse {
  const error = { code: null, title: null, message: `There is no ${path} here.` };
  return { status: 404, body: { status: 'error', error } };
}
