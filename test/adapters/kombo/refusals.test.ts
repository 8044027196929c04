import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AccessRefusedError,
  CursorRefusedError,
  IntegrationError,
  TransientError,
  WaitingError,
} from '../../../functions/core/errors.ts';
import { failureOf, firstPage, komboAt, OFTEN, thrownBy } from './kombo-at.ts';
import {
  API_KEY,
  INTEGRATION,
  LOG_URL,
  MESSAGE_OF_KOMBO,
  page,
  type Reply,
  refusal,
  type ScriptedKombo,
  send,
  startScriptedKombo,
} from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

const readWithCursor = () =>
  komboAt(server).readPage({ integration: INTEGRATION, updatedAfter: null, cursor: 'c' });

/** Matches the texts that an error must not contain. */
const secrets = new RegExp(`${API_KEY}|Ada|${MESSAGE_OF_KOMBO}|\n`);

describe('an error code', () => {
  test.each([
    ['PLATFORM.RATE_LIMIT_EXCEEDED', TransientError],
    ['PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', TransientError],
    ['PLATFORM.UNKNOWN_ERROR', TransientError],
    ['PLATFORM.TASK_TIMED_OUT', TransientError],
    ['REMOTE.SERVICE_UNAVAILABLE', TransientError],
    ['REMOTE.RATE_LIMIT_EXCEEDED', TransientError],
    ['REMOTE.UNKNOWN_HTTP_ERROR', TransientError],
    ['PLATFORM.INTEGRATION_NOT_FOUND', IntegrationError],
    ['PLATFORM.INPUT_INVALID', IntegrationError],
    ['REMOTE.INPUT_INVALID', IntegrationError],
    ['INTEGRATION.PERMISSION_MISSING', IntegrationError],
    ['INTEGRATION.AUTHENTICATION_INVALID', IntegrationError],
    ['INTEGRATION.INACTIVE', IntegrationError],
    ['INTEGRATION.MODEL_NOT_AVAILABLE', IntegrationError],
    ['INTEGRATION.MODEL_DISABLED', IntegrationError],
    ['INTEGRATION.ACTION_NOT_AVAILABLE', IntegrationError],
    ['INTEGRATION.ACTION_DISABLED', IntegrationError],
    ['INTEGRATION.QA_FAILED', IntegrationError],
    ['INTEGRATION.SETUP_SYNC_PENDING', WaitingError],
    ['INTEGRATION.SETUP_INCOMPLETE', WaitingError],
    ['PLATFORM.AUTHENTICATION_INVALID', AccessRefusedError],
    ['PLATFORM.IP_NOT_WHITELISTED', AccessRefusedError],
    ['PLATFORM.SOMETHING_NEW', TransientError],
  ])(
    "Kombo's error code %s leads to an error of the class %o, whatever the HTTP status",
    async (code, kind) => {
      for (const status of [400, 401, 404, 409, 429, 503]) {
        server.replies.splice(0, 1, refusal(code, status));
        const error = await failureOf(() => firstPage(komboAt(server)));

        expect(error).toBeInstanceOf(kind);
        expect(error).toMatchObject({ code, logUrl: LOG_URL });
        expect(error.message).toMatch(new RegExp(`^Kombo returned ${code}: .{10,}`));
        expect(error.message).not.toMatch(secrets);
      }
    },
  );

  test('a refusal with a transient error code, such as REMOTE.SERVICE_UNAVAILABLE, is retried; other refusals are not', async () => {
    for (const code of [
      'INTEGRATION.INACTIVE',
      'INTEGRATION.SETUP_INCOMPLETE',
      'PLATFORM.IP_NOT_WHITELISTED',
    ]) {
      server.replies.splice(0, 9, refusal(code, 503, { 'retry-after': '0' }), page([]));
      server.asked.length = 0;

      await failureOf(() => firstPage(komboAt(server, OFTEN)));

      expect(server.asked).toHaveLength(1);
    }
    server.replies.splice(0, 9, refusal('REMOTE.SERVICE_UNAVAILABLE', 503), page([]));
    await firstPage(komboAt(server, OFTEN));
  });
});

describe('a response without an error code', () => {
  test.each<[string, Reply, unknown]>([
    ['400', refusal(null, 400), IntegrationError],
    ['401', refusal(null, 401), AccessRefusedError],
    ['403', refusal(null, 403), AccessRefusedError],
    ["404 in Kombo's JSON format", refusal(null, 404), AccessRefusedError],
    ['404 of another server', send(404, '<html>nothing here</html>'), AccessRefusedError],
    ['408', refusal(null, 408), TransientError],
    ['409', refusal(null, 409), TransientError],
    ['422', refusal(null, 422), IntegrationError],
    ['429', refusal(null, 429), TransientError],
    ['500', refusal(null, 500), TransientError],
    ['502 of a proxy', send(502, '<html>Bad gateway</html>'), TransientError],
    ['503 without a body', send(503, ''), TransientError],
    ['503 with a JSON text instead of an object', send(503, '"busy"'), TransientError],
    ['302', send(302, '', { location: '/login' }), AccessRefusedError],
    ['503 with a code of the wrong type', send(503, '{"error":{"code":7}}'), TransientError],
    ['401 with a code of many lines', refusal('A.A\nB', 401), AccessRefusedError],
    ['503 with a name for a code', refusal('Ada', 503), TransientError],
    ['503 with an e-mail address for a code', refusal('ada@example.com', 503), TransientError],
    ['503 with the name of a property for a code', refusal('constructor', 503), TransientError],
  ])(
    'the class of the error about a response without a valid error code depends on the HTTP status: %s',
    async (_, reply, kind) => {
      server.replies.push(reply);

      const error = await failureOf(() => firstPage(komboAt(server)));

      expect(error).toBeInstanceOf(kind);
      expect(error.code).toBeNull();
      expect(error.message).toMatch(new RegExp(`^${server.host} returned \\d{3}.*: .{10,}`));
      expect(error.message).not.toMatch(secrets);
    },
  );

  test.each([
    ['of another server', send(404, 'nothing here')],
    ["in Kombo's JSON format", refusal(null, 404)],
  ])('the error about a 404 response %s without a code says to check KOMBO_BASE_URL', async (_, reply) => {
    server.replies.push(reply);

    const { message } = await failureOf(() => firstPage(komboAt(server)));

    expect(message).toMatch(`${server.host} returned 404: check KOMBO_BASE_URL (Kombo's URL ends in /v1)`);
  });
});

test.each([
  undefined,
  null,
  7,
  'javascript:alert(1)',
  'no address',
  'https://kombo.test/\u001b]0;title\u0007',
  'https://kombo.test/a\nschoolbell: all is well',
  'https://kombo.test/logs?learner=ada@example.com',
  'https://ada:secret@kombo.test/logs',
  'https://kombo.test/\u202egnp.gol',
])(
  "when `log_url` in Kombo's response is not a safe URL (%s), the error has Kombo's code but no log URL",
  async (log_url) => {
    const error = { code: 'INTEGRATION.INACTIVE', title: null, message: '', log_url };
    server.replies.push(send(409, JSON.stringify({ status: 'error', error })));

    expect(await failureOf(() => firstPage(komboAt(server)))).toMatchObject({
      code: 'INTEGRATION.INACTIVE',
      logUrl: null,
    });
  },
);

describe('a page cursor that Kombo refuses', () => {
  test.each<[string, Reply]>([
    ['with the code PLATFORM.INPUT_INVALID', refusal('PLATFORM.INPUT_INVALID', 400)],
    ['with 400 and without a code', refusal(null, 400)],
    ['with 410 and without a code', send(410, '')],
    ['with 422 and without a code', refusal(null, 422)],
    ['with an unknown code and the status 400', refusal('PLATFORM.CURSOR_OLD', 400)],
  ])(
    'a CursorRefusedError is thrown without a retry when Kombo refuses a request with a page cursor, %s',
    async (_, reply) => {
      server.replies.push(reply);

      expect(await thrownBy(readWithCursor)).toBeInstanceOf(CursorRefusedError);
      expect(server.asked).toHaveLength(1);
    },
  );

  test.each<[string, Reply, unknown]>([
    ['a code about the integration', refusal('INTEGRATION.INACTIVE', 400), IntegrationError],
    ['an unknown code and the status 500', refusal('PLATFORM.NEW', 500), TransientError],
    ['the status 401 and without a code', refusal(null, 401), AccessRefusedError],
  ])(
    'no CursorRefusedError is thrown when Kombo refuses a request with a page cursor, with %s',
    async (_, reply, kind) => {
      server.replies.push(reply);

      expect(await thrownBy(readWithCursor)).toBeInstanceOf(kind);
    },
  );
});
