import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKombo, type KomboAdapter } from '../../../functions/adapters/kombo/kombo.ts';
import { RateLimitedError, TransientError } from '../../../functions/core/errors.ts';
import { failureOf } from './kombo-at.ts';
import { API_KEY } from './scripted-kombo.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
const MINUTE_MS = 60_000;

/** The seconds since the start at which each request was made. */
let requests: number[];

beforeEach(() => {
  requests = [];
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Headers = Record<string, string>;
const date = () => ({ date: new Date(Date.now()).toUTCString() });

/**
 * Creates a response with an empty page. The response is also valid for the client's requests about the API
 * key and the integration.
 */
const page =
  (headers: Headers = {}) =>
  () =>
    Response.json(
      { status: 'success', data: { next: null, results: [], environment_id: 'env-1', status: 'ACTIVE' } },
      { headers: { ...date(), ...headers } },
    );
const refusal =
  (headers: Headers, code: string | null = 'PLATFORM.RATE_LIMIT_EXCEEDED', status = 429) =>
  () =>
    Response.json({ status: 'error', error: { code } }, { status, headers: { ...date(), ...headers } });

/** Creates a client that receives these responses, and then empty pages. */
function kombo(...answers: (() => Response)[]): KomboAdapter {
  return createKombo({
    baseUrl: 'https://kombo.test/v1',
    apiKey: async () => API_KEY,
    fetch: async () => {
      requests.push((Date.now() - START) / 1000);
      return (answers.shift() ?? page())();
    },
  });
}

const read = (client: KomboAdapter, integration = 'moodle:a', signal?: AbortSignal) =>
  client.readPage({ integration, updatedAfter: null, cursor: null }, signal);

/** Advances the time until a call has ended. */
async function ended<T>(call: Promise<T>): Promise<T> {
  call.catch(() => undefined);
  await vi.runAllTimersAsync();
  return call;
}

const limitedFor = async (call: () => Promise<unknown>) => {
  const error = await failureOf(() => ended(call()));
  return error instanceof RateLimitedError ? error.waitMs : error;
};

describe('a short window of a rate limit', () => {
  test('after a rate-limit refusal by Kombo with `RateLimit-Reset: 8`, the client retries shortly after these 8 seconds', async () => {
    await ended(read(kombo(refusal({ 'ratelimit-reset': '8' }))));

    expect(requests).toEqual([0, 8.25]);
  });

  test('when a rate-limit refusal by Kombo has both `Retry-After` and `RateLimit-Reset`, the client waits for `Retry-After`', async () => {
    await ended(read(kombo(refusal({ 'retry-after': '3', 'ratelimit-reset': '8' }))));

    expect(requests).toEqual([0, 3.25]);
  });

  test("Kombo's header `RateLimit-Reset` is also accepted as a time in seconds since 1970", async () => {
    const reset = String(START / 1000 + 8);
    await ended(read(kombo(refusal({ 'ratelimit-reset': reset }))));

    expect(requests).toEqual([0, 8.25]);
  });

  test.each([
    ['RateLimit-Reset', { 'ratelimit-reset': String(START / 1000 + 8) }],
    ['Retry-After', { 'retry-after': new Date(START + 8_000).toUTCString() }],
  ])(
    'a time in `%s` is ignored when the response has no `Date`, and a later rate limit is still obeyed',
    async (_, headers) => {
      const client = kombo(
        refusal({ 'ratelimit-remaining': '0', date: '', ...headers }),
        page({ 'ratelimit-remaining': '0', 'ratelimit-reset': '20' }),
      );

      await ended(read(client));
      await ended(read(client));

      const [first = Number.NaN, retry = Number.NaN, next] = requests;
      expect(retry - first).toBeGreaterThan(0);
      expect(next).toBe(retry + 20);
    },
  );

  test("when Kombo's response says that the rate limit allows no further request, the client waits for the reset before its next request", async () => {
    const client = kombo(page({ 'ratelimit-remaining': '0', 'ratelimit-reset': '20' }));

    await ended(read(client));
    await ended(read(client));

    expect(requests).toEqual([0, 20]);
  });

  test.each([
    ['the rate limit allows another request', { 'ratelimit-remaining': '1', 'ratelimit-reset': '20' }],
    ['a response has no `RateLimit-Reset`', { 'ratelimit-remaining': '0' }],
    ['a response has no `RateLimit-Remaining`', { 'ratelimit-reset': '20' }],
    ['a response has an empty `RateLimit-Remaining`', { 'ratelimit-remaining': '', 'ratelimit-reset': '20' }],
  ])('the client of Kombo does not wait before its next request when %s', async (_, headers) => {
    const client = kombo(page(headers));

    await ended(read(client));
    await ended(read(client));

    expect(requests).toEqual([0, 0]);
  });

  test.each([
    ['an error other than a rate limit', 'PLATFORM.UNKNOWN_ERROR', 500],
    ["the learning platform's own rate limit", 'REMOTE.RATE_LIMIT_EXCEEDED', 429],
    ["Kombo's limit on simultaneous actions", 'PLATFORM.CONCURRENCY_LIMIT_EXCEEDED', 429],
  ])('%s does not make the client wait until the time in `RateLimit-Reset`', async (_, code, status) => {
    await ended(read(kombo(refusal({ 'ratelimit-remaining': '7', 'ratelimit-reset': '8' }, code, status))));

    expect(requests).toEqual([0, 0.25]);
  });

  test("a request that waits for the reset of Kombo's rate limit fails at once and is never sent when its caller cancels it", async () => {
    const client = kombo(page({ 'ratelimit-remaining': '0', 'ratelimit-reset': '20' }));
    const leaving = new AbortController();
    await ended(read(client));

    const call = read(client, 'moodle:a', leaving.signal);
    call.catch(() => undefined);
    await vi.advanceTimersByTimeAsync(5_000);
    leaving.abort(new Error('left'));

    await expect(call).rejects.toThrow('left');
    expect(requests).toEqual([0]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a wait that is longer than a call may take', () => {
  test.each([
    ['by Retry-After', refusal({ 'retry-after': '90' })],
    ['by RateLimit-Reset', refusal({ 'ratelimit-reset': '90' })],
    ['by a proxy without a code', refusal({ 'retry-after': '90' }, null)],
    ['with an unknown error code', refusal({ 'retry-after': '90' }, 'PLATFORM.SOMETHING_NEW')],
  ])(
    'when a wait of 90 seconds is required %s, the call fails immediately with a RateLimitedError that contains the time to wait',
    async (_, answer) => {
      expect(await limitedFor(() => read(kombo(answer)))).toBe(90_000);
      expect(requests).toEqual([0]);
    },
  );

  test('rate-limit refusals by Kombo that name no time to wait end in a transient error, not in a RateLimitedError', async () => {
    const error = await failureOf(() => ended(read(kombo(...Array(10).fill(refusal({}))))));

    expect(error).toBeInstanceOf(TransientError);
    expect(error).not.toBeInstanceOf(RateLimitedError);
  });

  test('after Kombo refuses with `Retry-After: 90`, no method of the client sends a request, for any integration, before 90 seconds are over', async () => {
    const client = kombo(refusal({ 'retry-after': '90' }));
    await limitedFor(() => read(client));
    vi.setSystemTime(START + 10_000);

    for (const call of [
      () => read(client, 'moodle:b'),
      () => client.readByIds('moodle:a', ['p1']),
      () => client.readDataExpiredAt('moodle:a'),
      () => client.readKomboStatus('moodle:a'),
      () => client.readKeyOwner(),
    ]) {
      expect(await limitedFor(call)).toBe(80_000);
    }
    vi.setSystemTime(START + 90_000);
    await ended(read(client, 'moodle:b'));
    expect(requests).toEqual([0, 90]);
  });

  test('when one integration must wait for an hour because of a rate limit, requests for other integrations wait for at most 15 minutes', async () => {
    const client = kombo(refusal({ 'retry-after': '3600' }));

    expect(await limitedFor(() => read(client, 'moodle:a'))).toBe(60 * MINUTE_MS);
    expect(await limitedFor(() => read(client, 'moodle:b'))).toBe(15 * MINUTE_MS);
    vi.setSystemTime(START + 15 * MINUTE_MS);
    await ended(read(client, 'moodle:b'));
    expect(requests).toEqual([0, 900]);
  });

  test("the client waits at most 6 hours for the reset of Kombo's rate limit, even if Kombo names a year", async () => {
    const client = kombo(refusal({ 'ratelimit-reset': '31536000' }));

    expect(await limitedFor(() => read(client))).toBe(6 * 60 * MINUTE_MS);
  });

  test("when the machine's clock is set back by a day while Kombo's rate limit requires a wait of 90 seconds, the client waits at most 15 minutes", async () => {
    const client = kombo(refusal({ 'retry-after': '90' }));
    await limitedFor(() => read(client));
    vi.setSystemTime(START - 24 * 60 * MINUTE_MS);

    expect(await limitedFor(() => read(client))).toBe(15 * MINUTE_MS);
  });
});
