import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RateLimitedError } from '../../../functions/core/errors.ts';
import { failureOf, HASTY, komboAt } from './kombo-at.ts';
import {
  API_KEY,
  brokenOff,
  deadAddress,
  hangUp,
  INTEGRATION,
  type Reply,
  refusal,
  type ScriptedKombo,
  send,
  silence,
  startScriptedKombo,
  success,
} from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

describe('the time at which the data of an integration expired', () => {
  test("`readDataExpiredAt` returns `data_expired_at` from Kombo's details of the integration", async () => {
    const data_expired_at = '2026-03-01T09:30:00.000Z';
    server.replies.push(
      success({ id: INTEGRATION, tool: { id: 'moodle' }, category: 'LMS', data_expired_at }),
    );

    expect(await komboAt(server).readDataExpiredAt(INTEGRATION)).toBe(data_expired_at);
    expect(server.asked[0]?.path).toBe(`/v1/integrations/${encodeURIComponent(INTEGRATION)}`);
    expect(server.asked[0]?.headers.authorization).toBe(`Bearer ${API_KEY}`);
  });

  test.each<[string, Reply]>([
    ['the data is valid', success({ id: INTEGRATION, data_expired_at: null })],
    ['the details of the integration lack the field `data_expired_at`', success({ id: INTEGRATION })],
    [
      'the API key may not read the details of the integration',
      refusal('PLATFORM.AUTHENTICATION_INVALID', 401),
    ],
    ['Kombo does not know the integration', refusal('PLATFORM.INTEGRATION_NOT_FOUND', 404)],
    ['Kombo returns PLATFORM.RATE_LIMIT_EXCEEDED', refusal('PLATFORM.RATE_LIMIT_EXCEEDED', 429)],
    ['the server has no endpoint for the details of an integration', send(404, '<html>nothing here</html>')],
    ['the details of the integration are a list', success([])],
    ['the body is not JSON', send(200, 'hello')],
    ['the body ends too early', brokenOff],
    ['the connection breaks', hangUp],
  ])('`readDataExpiredAt` returns null when %s', async (_, reply) => {
    server.replies.push(reply);

    expect(await komboAt(server).readDataExpiredAt(INTEGRATION)).toBeNull();
    expect(server.asked).toHaveLength(1);
  });

  test('`readDataExpiredAt` throws a RateLimitedError when Kombo asks for a wait of 60 seconds, so that the run continues later', async () => {
    server.replies.push(refusal('PLATFORM.RATE_LIMIT_EXCEEDED', 429, { 'retry-after': '60' }));

    const error = await failureOf(() => komboAt(server).readDataExpiredAt(INTEGRATION));

    expect(error).toBeInstanceOf(RateLimitedError);
  });

  test('`readDataExpiredAt` returns null when no response comes within the time limit', async () => {
    server.replies.push(silence);

    expect(await komboAt(server, HASTY).readDataExpiredAt(INTEGRATION)).toBeNull();
  });

  test('`readDataExpiredAt` returns null when the connection is refused', async () => {
    const kombo = komboAt({ baseUrl: `http://${await deadAddress()}/v1` });

    expect(await kombo.readDataExpiredAt(INTEGRATION)).toBeNull();
  });
});
