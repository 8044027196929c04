import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKombo } from '../../../functions/adapters/kombo/kombo.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { failureOf, firstPage } from './kombo-at.ts';
import { API_KEY } from './scripted-kombo.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');

/** The seconds since the start at which each attempt was made. */
let attempts: number[];

beforeEach(() => {
  attempts = [];
  // The fake timers replace only the global clock and timers, as in the simulation. A client that used
  // another timer would wait in real time.
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.spyOn(Math, 'random').mockReturnValue(0);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    throw new Error('it keeps real time');
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Attempt = (signal: AbortSignal) => Response | Promise<Response>;

/** Creates a client with its default retry budget. The attempts themselves take no time. */
function kombo(attempt: Attempt) {
  return createKombo({
    baseUrl: 'https://kombo.test/v1',
    apiKey: async () => API_KEY,
    fetch: async (input) => {
      attempts.push((Date.now() - START) / 1000);
      return await attempt(new Request(input).signal);
    },
  });
}

async function failing(attempt: Attempt) {
  const failure = failureOf(() => firstPage(kombo(attempt)));
  await vi.runAllTimersAsync();
  return await failure;
}

const date = () => new Date(Date.now()).toUTCString();
const busy = (headers: Record<string, string> = {}) =>
  Response.json(
    { status: 'error', error: { code: 'PLATFORM.RATE_LIMIT_EXCEEDED' } },
    { status: 429, headers },
  );
const hung = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('the waits between attempts', () => {
  test('the waits between the attempts of a request to Kombo double up to 5 seconds, and the last attempt begins within 30 seconds', async () => {
    const error = await failing(() => busy());

    expect(error).toBeInstanceOf(TransientError);
    expect(attempts).toEqual([0, 0.25, 0.75, 1.75, 3.75, 7.75, 12.75, 17.75, 22.75, 27.75]);
  });

  test('the waits between the attempts of a request to Kombo are randomised, so that workers do not retry at the same time', async () => {
    vi.mocked(Math.random).mockReturnValue(0.5);

    await failing(() => busy());

    expect(attempts.slice(0, 4)).toEqual([0, 0.375, 1.125, 2.625]);
  });

  test('the client of Kombo retries after the number of seconds in the `Retry-After` header', async () => {
    await failing(() => busy({ 'retry-after': '8' }));

    expect(attempts).toEqual([0, 8.25, 16.75, 25.75]);
  });

  test("the client of Kombo retries after the date in the `Retry-After` header, measured by Kombo's clock", async () => {
    const served = 'Mon, 02 Mar 2026 11:00:00 GMT';
    await failing(() => busy({ date: served, 'retry-after': 'Mon, 02 Mar 2026 11:00:20 GMT' }));

    expect(attempts).toEqual([0, 20.25]);
  });

  test('a `Retry-After` header of Kombo with a past date or an invalid text is ignored', async () => {
    for (const pause of ['Mon, 02 Mar 2020 11:00:00 GMT', 'soon', '', '0']) {
      attempts = [];
      vi.setSystemTime(START);
      await failing(() => busy({ date: date(), 'retry-after': pause }));

      expect(attempts).toHaveLength(10);
    }
  });

  test("a request fails immediately when Kombo's `Retry-After` header is longer than the time that remains for retries", async () => {
    const error = await failing(() => busy({ 'retry-after': '90' }));

    expect(error).toMatchObject({ kind: 'transient', code: 'PLATFORM.RATE_LIMIT_EXCEEDED' });
    expect(attempts).toEqual([0]);
  });
});

describe('an attempt that gets no response', () => {
  test('when Kombo does not respond, the first attempt is aborted after 15 seconds, and the second attempt 30 seconds after the start', async () => {
    const error = await failing(hung);

    expect(attempts).toEqual([0, 15.25]);
    expect(Date.now() - START).toBe(30_000);
    expect(error.message).toMatch(/^kombo\.test did not send a whole response within 15 s/);
  });

  test('a successful request to Kombo leaves no timer', async () => {
    const body = { status: 'success', data: { next: null, results: [] } };
    await firstPage(kombo(() => Response.json(body, { headers: { date: date() } })));

    expect(vi.getTimerCount()).toBe(0);
  });
});

test("a request for Kombo's details of an integration is aborted after 5 seconds without a response", async () => {
  const read = kombo(hung).readDataExpiredAt('moodle:test');
  await vi.runAllTimersAsync();

  expect(await read).toBeNull();
  expect(Date.now() - START).toBe(5_000);
});
