import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientError } from '../../../functions/core/errors.ts';
import { failureOf, firstPage, HASTY, komboAt, OFTEN, thrownBy } from './kombo-at.ts';
import { rawRecord } from './raw-record.ts';
import {
  API_KEY,
  brokenOff,
  deadAddress,
  halfCompressed,
  hangUp,
  page,
  refusal,
  type ScriptedKombo,
  silence,
  standstill,
  startScriptedKombo,
} from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

describe('an attempt that fails', () => {
  test.each([
    ['the connection breaks before the response', hangUp],
    ['the connection breaks within the response body', brokenOff],
    ['the body is compressed and ends too early', halfCompressed],
    ['Kombo returns PLATFORM.RATE_LIMIT_EXCEEDED', refusal('PLATFORM.RATE_LIMIT_EXCEEDED', 429)],
    [
      'the `Retry-After` header is 0 seconds',
      refusal('PLATFORM.RATE_LIMIT_EXCEEDED', 429, { 'retry-after': '0' }),
    ],
    ['a proxy returns 502', refusal(null, 502)],
  ])('a request to Kombo is sent again when %s', async (_, failure) => {
    server.replies.push(failure, failure, page([rawRecord()]));

    const { records } = await firstPage(komboAt(server, OFTEN));

    expect(records).toHaveLength(1);
    expect(server.asked).toHaveLength(3);
  });
});

describe('a request that fails in each attempt', () => {
  test.each([
    ['before the response', hangUp],
    ['within the response body', brokenOff],
  ])(
    'when the connection to Kombo breaks %s in each attempt, the error names the host',
    async (_, failure) => {
      server.replies.push(failure);

      const error = await failureOf(() => firstPage(komboAt(server)));

      expect(error).toBeInstanceOf(TransientError);
      expect(error.message).toMatch(
        new RegExp(
          `^the request to ${server.host} failed \\([A-Z_]+\\): check the network and KOMBO_BASE_URL$`,
        ),
      );
      expect(error.cause).toBeInstanceOf(TypeError);
    },
  );

  test.each([
    ['no response comes', silence],
    ['the response body stops and does not end', standstill],
  ])(
    'when %s in each attempt of a request to Kombo, the error names the host and the time limit',
    async (_, failure) => {
      server.replies.push(failure);

      const error = await failureOf(() => firstPage(komboAt(server, HASTY)));

      expect(error).toBeInstanceOf(TransientError);
      expect(error.message).toBe(
        `${server.host} did not send a whole response within 0.04 s: check the network and KOMBO_BASE_URL`,
      );
    },
  );

  test('the error about a refused connection to Kombo names the host and does not contain the API key', async () => {
    const host = await deadAddress();

    const { message } = await failureOf(() => firstPage(komboAt({ baseUrl: `http://${host}/v1` })));

    expect(message).toBe(
      `the request to ${host} failed (ECONNREFUSED): check the network and KOMBO_BASE_URL`,
    );
    expect(message).not.toContain(API_KEY);
  });

  test('when the host of Kombo does not exist, the error names the host', async () => {
    const { message } = await failureOf(() => firstPage(komboAt({ baseUrl: 'https://kombo.invalid/v1' })));

    expect(message).toMatch(/^the request to kombo\.invalid failed \((ENOTFOUND|EAI_AGAIN)\)/);
  });
});

test('a TypeError in the function that provides the API key is thrown unchanged, not as a network failure', async () => {
  const mistake = new TypeError('x is not a function');
  const kombo = komboAt(server, OFTEN, async () => Promise.reject(mistake));

  expect(await thrownBy(() => firstPage(kombo))).toBe(mistake);
});

describe('a cancelled request', () => {
  const reason = new Error('the time is spent');

  test('a request to Kombo whose AbortSignal is aborted before the start is not sent', async () => {
    const error = await thrownBy(() => firstPage(komboAt(server), AbortSignal.abort(reason)));

    expect(error).toBe(reason);
    expect(server.asked).toEqual([]);
  });

  test.each([
    ['for the response', silence],
    ['for the rest of the response body', standstill],
    ['for the time in the `Retry-After` header', refusal(null, 429, { 'retry-after': '3' })],
  ])(
    'a request to Kombo that is cancelled while it waits %s fails immediately and is not retried',
    async (_, reply) => {
      const controller = new AbortController();
      const answered = new Promise<void>((resolve) =>
        server.replies.push((response) => {
          reply(response);
          resolve();
        }),
      );
      const error = thrownBy(() => firstPage(komboAt(server, OFTEN), controller.signal));
      await answered;

      controller.abort(reason);

      expect(await error).toBe(reason);
      expect(server.asked).toHaveLength(1);
    },
  );

  test('a request to Kombo that is cancelled while it waits for a retry fails immediately', async () => {
    const controller = new AbortController();
    server.replies.push(refusal(null, 503));
    const retryBudget = { attemptMs: 20_000, totalMs: 40_000, firstDelayMs: 15_000 };
    const error = thrownBy(() => firstPage(komboAt(server, retryBudget), controller.signal));
    while (server.asked.length === 0) await new Promise((resolve) => setImmediate(resolve));

    controller.abort(reason);

    expect(await error).toBe(reason);
    expect(server.asked).toHaveLength(1);
  });
});
