import { afterEach, beforeEach, expect, test } from 'vitest';
import { AccessRefusedError, TransientError } from '../../../functions/core/errors.ts';
import { failureOf, komboAt } from './kombo-at.ts';
import { API_KEY, refusal, type ScriptedKombo, send, startScriptedKombo, success } from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

test('`readKeyOwner` returns the Kombo environment of the API key and the time in the `Date` header', async () => {
  server.replies.push(success({ environment_id: 'env-1', customer_id: 'customer-1' }));

  expect(await komboAt(server).readKeyOwner()).toEqual({
    environment: 'env-1',
    servedAt: '2026-03-02T08:00:00.000Z',
  });
  expect(server.asked).toMatchObject([
    { path: '/v1/check-api-key', headers: { authorization: `Bearer ${API_KEY}` } },
  ]);
});

test('`readKeyOwner` throws an AccessRefusedError when Kombo refuses the API key', async () => {
  server.replies.push(refusal('PLATFORM.AUTHENTICATION_INVALID', 401));

  const error = await failureOf(() => komboAt(server).readKeyOwner());

  expect(error).toBeInstanceOf(AccessRefusedError);
  expect(error.message).toMatch(/check the Kombo API key/);
});

test.each([
  ['no data', success({})],
  ['an escape sequence', success({ environment_id: '\u001B[2J' })],
  ['an HTML page', send(200, '<html>')],
])('`readKeyOwner` throws a transient error when the response contains %s', async (_, reply) => {
  server.replies.push(reply);

  expect(await failureOf(() => komboAt(server).readKeyOwner())).toBeInstanceOf(TransientError);
});
