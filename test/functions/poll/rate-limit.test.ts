import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createKombo } from '../../../functions/adapters/kombo/kombo.ts';
import type { Integration } from '../../../functions/contract/integration.ts';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import { duePolls } from '../../../functions/core/fleet/due.ts';
import type { PollOutcome } from '../../../functions/core/poll/run-poll.ts';
import { newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { pollHandler } from '../../../functions/poll/handler.ts';
import { sandboxApi } from '../../../local/sandbox/api.ts';
import { sandboxControl } from '../../../local/sandbox/records.ts';
import { type ApiResponse, failure } from '../../../local/sandbox/response.ts';
import { syntheticRecords } from '../../../local/sandbox/synthetic-records.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { recordingPublisher } from '../../support/recording-publisher.ts';
import { SETTINGS } from '../../support/world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;
const START = Date.parse('2026-03-02T08:00:07.000Z');
const KEY = 'key-of-the-test';

const INTEGRATIONS = 8;
const RECORDS = 1_000;
const DISPATCH_EVERY_MS = 15 * MINUTE_MS;
/**
 * The number of functions that run at the same time. No function knows the rate limit that Kombo reported to
 * another function.
 */
const PROCESSES = 4;
const ANSWER_MS = 150;
/**
 * The age of the watermark at which the alarm about out-of-date integrations changes to ALARM, by default an
 * hour.
 */
const BEHIND_MS = 60 * MINUTE_MS;

type Limit = { requests: number; windowMs: number };

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/**
 * Creates a fake of Kombo that limits the requests per window and reports the limit in the headers of every
 * response.
 */
function limitedServer({ requests: most, windowMs }: Limit) {
  const ids = Array.from({ length: INTEGRATIONS }, (_, number) => `moodle:integration-${number}`);
  const schools = ids.map((id) => ({
    id,
    records: syntheticRecords({ integration: id, count: RECORDS, createdAt: START - DAY_MS }),
  }));
  const control = sandboxControl();
  const api = sandboxApi({ apiKey: KEY, integrations: schools, now: () => Date.now(), control });
  const counts = { answered: 0, refused: 0 };
  let window = { number: Number.NaN, requests: 0 };

  const respond = (request: Request): ApiResponse => {
    const { pathname, searchParams } = new URL(request.url);
    const asked = {
      path: pathname,
      query: searchParams,
      authorization: request.headers.get('authorization') ?? undefined,
      integration: request.headers.get('x-integration-id') ?? undefined,
    };
    return api.refuse(asked) ?? api.respond(asked);
  };
  const fetch = async (input: Request | URL | string): Promise<Response> => {
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    const number = Math.floor(Date.now() / windowMs);
    if (number !== window.number) window = { number, requests: 0 };
    const isAllowed = window.requests < most;
    if (isAllowed) window.requests += 1;
    counts[isAllowed ? 'answered' : 'refused'] += 1;
    const { status, body } = isAllowed
      ? respond(new Request(input))
      : failure('PLATFORM.RATE_LIMIT_EXCEEDED', 'Too many requests.');
    return Response.json(body, {
      status,
      headers: {
        date: new Date(Date.now()).toUTCString(),
        'ratelimit-limit': String(most),
        'ratelimit-remaining': String(most - window.requests),
        'ratelimit-reset': String(Math.ceil(((number + 1) * windowMs - Date.now()) / SECOND_MS)),
      },
    });
  };
  return { ids, schools, counts, fetch };
}

/**
 * Creates a deployment on a server that limits requests. It has a dispatch at its interval, a queue that
 * delays messages, and `PROCESSES` functions.
 */
function deployment(limit: Limit) {
  const server = limitedServer(limit);
  const bus = recordingPublisher();
  const stores = new Map(server.ids.map((id) => [id, memoryStore(id)]));
  const integrations = server.ids.map(
    (id): Integration => ({
      id,
      state: 'active',
      baseline: { mode: 'silent' },
      addedAt: new Date(START).toISOString(),
    }),
  );
  const queue: { message: PollMessage; takeAt: number }[] = [];
  const outcomes: PollOutcome[] = [];
  let longestBehindMs = 0;
  let dispatchAt = Date.now();

  const processes = Array.from({ length: PROCESSES }, () => {
    const kombo = createKombo({
      baseUrl: 'https://kombo.test/v1',
      apiKey: async () => KEY,
      fetch: server.fetch,
    });
    return { isBusy: false, kombo };
  });
  const take = async (process: (typeof processes)[number], message: PollMessage) => {
    const store = stores.get(message.integration);
    if (store === undefined) throw new Error(`there is no ${message.integration}`);
    process.isBusy = true;
    const poll = pollHandler({
      ports: { kombo: process.kombo, store, publisher: bus, clock: () => Date.now() },
      settings: SETTINGS,
      queue: {
        async send(messages, delayMs = 0) {
          // As in SQS, the delay is in whole seconds, at most 15 minutes.
          const delay = Math.min(Math.ceil(delayMs / SECOND_MS), 900) * SECOND_MS;
          queue.push(...messages.map((sent) => ({ message: sent, takeAt: Date.now() + delay })));
        },
      },
      report: (_, outcome) => void outcomes.push(outcome),
    });
    const body = JSON.stringify(message);
    await poll({ Records: [{ body }] }, { getRemainingTimeInMillis: () => 10 * MINUTE_MS });
    process.isBusy = false;
  };
  const checkpoints = async () =>
    new Map(
      await Promise.all([...stores].map(async ([id, store]) => [id, store.place().checkpoint] as const)),
    );
  const dispatch = async () => {
    dispatchAt += DISPATCH_EVERY_MS;
    const turn = { now: Date.now(), intervalMs: DISPATCH_EVERY_MS, lastProbe: null };
    const { polls } = duePolls([...stores.keys()], { ...turn, checkpoints: await checkpoints() });
    queue.push(...polls.map((message) => ({ message, takeAt: Date.now() })));
  };
  const look = async () => {
    for (const { watermark } of (await checkpoints()).values()) {
      if (watermark !== null) longestBehindMs = Math.max(longestBehindMs, Date.now() - Date.parse(watermark));
    }
  };

  return {
    server,
    bus,
    outcomes,
    longestBehindMs: () => longestBehindMs,
    known: () => [...stores.values()].map(({ known }) => known.size),
    async start() {
      for (const integration of integrations) {
        await stores.get(integration.id)?.changeIntegration(integration.id, () => integration);
      }
    },
    /** Advances the time until a condition is true. Returns how long this took. */
    async liveUntil(isReached: () => boolean | Promise<boolean>): Promise<number> {
      const began = Date.now();
      while (!(await isReached())) {
        if (Date.now() - began > DAY_MS) throw new Error('it is not reached within a day');
        if (Date.now() >= dispatchAt) await dispatch();
        for (const process of processes.filter(({ isBusy }) => !isBusy)) {
          const at = queue.findIndex(({ takeAt }) => takeAt <= Date.now());
          const [taken] = at < 0 ? [] : queue.splice(at, 1);
          if (taken !== undefined) void take(process, taken.message);
        }
        const isIdle = processes.every(({ isBusy }) => !isBusy);
        const next = Math.min(dispatchAt, ...queue.map(({ takeAt }) => takeAt));
        await vi.advanceTimersByTimeAsync(isIdle ? Math.max(SECOND_MS, next - Date.now()) : SECOND_MS);
        await look();
      }
      return Date.now() - began;
    },
    isSynced: async () => [...(await checkpoints()).values()].every(({ watermark }) => watermark !== null),
  };
}

/** Runs a first sync of all records. Then completes every tenth record and lets 45 minutes pass. */
async function firstHours(limit: Limit) {
  const school = deployment(limit);
  await school.start();
  const syncedMs = await school.liveUntil(school.isSynced);
  const syncRequests = { ...school.server.counts };
  const changedAt = Date.now();
  for (const { records } of school.server.schools) records.change(10, changedAt);
  await school.liveUntil(() => Date.now() >= changedAt + 45 * MINUTE_MS);
  return { ...school, syncedMs, syncRequests };
}

test("dispatch sends no message for an integration before Kombo's rate limit for the integration ends", async () => {
  const id = 'moodle:a';
  const limitedUntil = new Date(START + MINUTE_MS).toISOString();
  const checkpoints = new Map([[id, { ...newCheckpoint(id), limitedUntil }]]);

  const dueAt = (now: number) =>
    duePolls([id], { checkpoints, now, intervalMs: DISPATCH_EVERY_MS, lastProbe: null }).polls;

  expect(dueAt(START + MINUTE_MS - 1)).toEqual([]);
  expect(dueAt(START + MINUTE_MS)).toEqual([{ integration: id }]);
});

const LIMITS = [
  { requests: 20, windowMs: 20 * SECOND_MS },
  { requests: 20, windowMs: MINUTE_MS },
  { requests: 20, windowMs: 5 * MINUTE_MS },
  { requests: 40, windowMs: 20 * MINUTE_MS },
  { requests: 4, windowMs: MINUTE_MS },
];

describe('a server with a rate limit per window', () => {
  test.each(LIMITS)(
    'when Kombo allows $requests requests per $windowMs ms, no event is missed or published twice, and no alarm goes off',
    async (limit) => {
      const poller = await firstHours(limit);

      // Checks that no change was missed, and that no event was published twice.
      expect(poller.known()).toEqual(Array(INTEGRATIONS).fill(RECORDS));
      const notified = poller.bus.published.map(({ type, detail }) => `${type} of ${detail.progression.id}`);
      expect(notified).toHaveLength((INTEGRATIONS * RECORDS) / 10);
      expect(new Set(notified).size).toBe(notified.length);

      // Checks that no alarm would change to ALARM.
      expect(poller.outcomes.filter(({ kind }) => kind === 'failed')).toEqual([]);
      expect(new Set(poller.bus.notified.map(({ type }) => type))).toEqual(new Set(['IntegrationBaselined']));
      expect(poller.longestBehindMs()).toBeLessThan(BEHIND_MS);

      // In each window, each process is refused at most twice: for the page that it needs, and for the page
      // that it fetches ahead.
      const windows = Math.ceil(poller.syncedMs / limit.windowMs) + 1;
      expect(poller.syncRequests.refused).toBeLessThanOrEqual(2 * PROCESSES * windows);
      // The first sync may take one window longer than needed. If a window is longer than the longest delay
      // of a queue message, the sync may also wait for the next dispatch.
      const needed = Math.ceil(poller.syncRequests.answered / limit.requests) * limit.windowMs;
      const dispatched = limit.windowMs > DISPATCH_EVERY_MS ? DISPATCH_EVERY_MS : 0;
      expect(poller.syncedMs).toBeLessThanOrEqual(needed + dispatched + limit.windowMs);
    },
  );
});
