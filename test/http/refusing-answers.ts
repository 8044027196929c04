import type { RefusingAnswer } from '../support/network-fault.ts';

const JSON_BODY = { 'content-type': 'application/json' };
const AWS_JSON_BODY = { 'content-type': 'application/x-amz-json-1.0' };

/** Responses in which Kombo, or a server in front of it, reports a temporary failure. */
export const KOMBO_REFUSES: readonly RefusingAnswer[] = [
  ofKombo(429, 'PLATFORM.RATE_LIMIT_EXCEEDED', { 'retry-after': '0' }),
  ofKombo(429, 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', { 'retry-after': '2' }),
  ofKombo(500, 'PLATFORM.UNKNOWN_ERROR'),
  ofKombo(503, 'REMOTE.SERVICE_UNAVAILABLE'),
  ofKombo(504, 'PLATFORM.A_CODE_OF_TOMORROW'),
  { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
  { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Please sign in</html>' },
];

export const DYNAMODB_REFUSES: readonly RefusingAnswer[] = [
  ofAws(400, 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException'),
  ofAws(400, 'com.amazon.coral.availability#ThrottlingException'),
  ofAws(500, 'com.amazonaws.dynamodb.v20120810#InternalServerError'),
  { status: 503, headers: {}, body: '' },
];

export const EVENTBRIDGE_REFUSES: readonly RefusingAnswer[] = [
  ofAws(400, 'ThrottlingException'),
  ofAws(500, 'InternalException'),
  { status: 503, headers: {}, body: '' },
];

function ofKombo(status: number, code: string, headers: Record<string, string> = {}): RefusingAnswer {
  const error = {
    code,
    title: null,
    message: 'A fault of the test',
    log_url: 'https://app.kombo.dev/logs/2',
  };
  return { status, headers: { ...JSON_BODY, ...headers }, body: JSON.stringify({ status: 'error', error }) };
}

function ofAws(status: number, type: string): RefusingAnswer {
  return {
    status,
    headers: AWS_JSON_BODY,
    body: JSON.stringify({ __type: type, message: 'A fault of the test' }),
  };
}
