import type { Scenario } from '../scenario.ts';
import type { SchoolLife } from '../school/life.ts';
import { contentAt, type RecordContent, type SchoolRecord } from '../school/record.ts';
import type { Counts } from '../world/counts.ts';
import type { Faults } from '../world/faults.ts';
import type { Random } from '../world/random.ts';
import type { VirtualTime } from '../world/virtual-time.ts';
import type { WorkerProcess } from '../world/worker-process.ts';
import { errorBody, type ShownState, shownFields, stateOf, successBody, wireRecord } from './kombo-wire.ts';
import { CursorExpiredError, type PageChains } from './page-chains.ts';

export const BASE_URL = 'https://kombo.example/v1';

/** The state of Kombo, shared by all processes. */
export type KomboService = {
  life: SchoolLife;
  chains: PageChains;
  /** The versions of each readable record that Kombo showed, in order. */
  shown: Map<string, Showing[]>;
  /** For each process whose runs have not ended, the versions that pages showed to this process. */
  unprocessed: Map<string, Showing[]>;
  /** The number of requests for the integration's details, and the number of those that got a response. */
  details: { asked: number; answered: number };
};

/** One version of a record in a response. */
export type Showing = ShownState & {
  /** The time at which the version was shown, by the machines' clock. */
  at: number;
  by: 'page' | 'ids';
  /** The time at which the platform last wrote the record. */
  stamp: number;
  /** The `updated_after` of the request, or null if the request was for all records. */
  updatedAfter: number | null;
  /** Whether Kombo's details showed the data as expired at this time. */
  whileExpired: boolean;
  /** The latest `changed_at` of this record that Kombo showed up to this version. */
  newest: number;
  /** Whether the process that read this version ended its runs and trusted the version. */
  wasProcessed: boolean;
};

/**
 * Records that the runs of a process have ended, so that the process has processed the versions that pages
 * showed.
 */
export function wasProcessed({ unprocessed }: KomboService, process: string): void {
  for (const showing of unprocessed.get(process) ?? []) {
    showing.wasProcessed = !showing.whileExpired && (showing.changedAt ?? showing.newest) >= showing.newest;
  }
  unprocessed.delete(process);
}

/**
 * The longest time for which an older version is shown. It is less than the overlap minus the longest delay
 * of a change.
 */
const LAG_MS = 10 * 60_000;
const AHEAD_MS = 60 * 60_000;

/**
 * The errors that Kombo returns at random: one error for each reaction of the client, except the errors that
 * the client retries.
 */
const REFUSALS = [
  'INTEGRATION.PERMISSION_MISSING',
  'INTEGRATION.SETUP_SYNC_PENDING',
  'PLATFORM.AUTHENTICATION_INVALID',
];

type World = {
  scenario: Scenario;
  time: VirtualTime;
  random: Random;
  faults: Faults;
  service: KomboService;
  counts: Counts;
};

/** A response and its timing. The body may follow slowly, or never. */
type Answer = { status: number; body: string; headers: Record<string, string>; bodyDelayMs: number };

/** Creates Kombo's API as one process sees it. The API is a `fetch` function. */
export function simulatedKombo(process: WorkerProcess, world: World): typeof fetch {
  const { time, random, faults, scenario, service, counts } = world;

  const komboNow = () => time.now() + scenario.komboSkewMs;
  /** The versions that the page being written shows. */
  let onPage: Showing[] = [];

  const answerOf = (url: URL): Answer => {
    if (faults.strikes('kombo-throttled')) {
      const wait: Record<string, string> = random.chance(0.7)
        ? { 'retry-after': String(random.pick([0, 1, 5, 90])) }
        : {};
      return reply(429, errorBody('PLATFORM.RATE_LIMIT_EXCEEDED', 'too fast'), wait);
    }
    if (faults.strikes('kombo-broken')) {
      const body = random.pick([
        errorBody('PLATFORM.UNKNOWN_ERROR', 'sorry'),
        '<html>Bad gateway</html>',
        '',
      ]);
      return reply(random.pick([500, 502, 503]), body);
    }
    if (faults.strikes('kombo-refused')) return reply(409, errorBody(random.pick(REFUSALS), 'not so'));
    const ok = url.pathname.endsWith('/lms/course-progressions') ? progressions(url) : details();
    if (faults.strikes('kombo-body-truncated')) {
      return { ...ok, body: ok.body.slice(0, random.int(0, ok.body.length - 1)) };
    }
    return ok;
  };

  const progressions = ({ searchParams }: URL): Answer => {
    for (let changes = random.int(0, scenario.pages.changesPerPage); changes > 0; changes--)
      service.life.happen();
    const ids = searchParams.get('ids');
    if (ids !== null) {
      const known = ids.split(',').flatMap((id) => service.life.school.records.get(id) ?? []);
      const found = known.filter(() => !faults.strikes('kombo-ids-missing'));
      return show(found, null, (record) => write(record, record, 'ids', null));
    }
    const cursor = searchParams.get('cursor');
    if (cursor !== null && faults.strikes('kombo-cursor-expired')) service.chains.expire(cursor);
    const after = searchParams.get('updated_after');
    const updatedAfter = after === null ? null : Date.parse(after);
    const asked = Number(searchParams.get('page_size') ?? 100);
    try {
      const size = Math.min(asked, scenario.pageSize);
      const { records, next } = service.chains.page({ updatedAfter, cursor, size });
      return show(records, next, (record) => {
        const isLagging = faults.strikes('kombo-lagging');
        const content = isLagging ? contentAt(record, komboNow() - random.int(1, LAG_MS)) : record;
        if (content !== record) counts.add('kombo: an older version is shown');
        return write(record, content, 'page', updatedAfter);
      });
    } catch (error) {
      if (!(error instanceof CursorExpiredError)) throw error;
      return reply(400, errorBody('PLATFORM.INPUT_INVALID', 'the cursor is invalid'));
    }
  };

  const show = (
    records: SchoolRecord[],
    next: string | null,
    writeOne: (record: SchoolRecord) => unknown,
  ): Answer => {
    const results = records.map(writeOne);
    if (records.length > 0 && random.chance(scenario.pages.repeats)) {
      // A record that changes while the page is built may appear twice, once with each version.
      for (let changes = random.int(0, 3); changes > 0; changes--) service.life.happen();
      results.push(...records.filter(() => random.chance(0.5)).map(writeOne));
    }
    return reply(200, successBody({ next, results }));
  };

  const write = (
    record: SchoolRecord,
    content: RecordContent,
    by: Showing['by'],
    updatedAfter: number | null,
  ): unknown => {
    const { school } = service.life;
    const fields = shownFields(content, school);
    if (!record.isGarbled) {
      const shown = listed(service.shown, record.id);
      const state = stateOf(fields);
      const showing: Showing = {
        ...state,
        at: time.now(),
        by,
        stamp: record.stamp,
        updatedAfter,
        whileExpired: school.expiredSince !== null,
        newest: Math.max(shown.at(-1)?.newest ?? 0, state.changedAt ?? 0),
        wasProcessed: false,
      };
      shown.push(showing);
      if (by === 'page') onPage.push(showing);
    }
    return wireRecord(record.id, fields, record.isGarbled, random);
  };

  const details = (): Answer => {
    if (faults.strikes('kombo-details-unreadable')) {
      return reply(403, errorBody('INTEGRATION.PERMISSION_MISSING', 'not allowed'));
    }
    const since = service.life.school.expiredSince;
    const data_expired_at = since === null ? null : new Date(since).toISOString();
    return reply(200, successBody({ id: 'sandbox:simulated', tool: { slug: 'sandbox' }, data_expired_at }));
  };

  /**
   * Creates a response. The time in its `date` header is up to 1.5 seconds after the time of its data,
   * because the clock advances while the response is written. With a fault, it is up to an hour ahead.
   */
  const reply = (status: number, body: string, headers: Record<string, string> = {}): Answer => {
    const ahead = faults.strikes('kombo-clock-ahead') ? random.int(60_000, AHEAD_MS) : 0;
    const date = new Date(komboNow() + random.int(0, 1500) + ahead).toUTCString();
    return {
      status,
      body,
      headers: { date, 'content-type': 'application/json', ...headers },
      bodyDelayMs: 0,
    };
  };

  return async (input, init) => {
    const request = input instanceof Request ? input : new Request(input, init);
    const url = new URL(request.url);
    const what = `kombo ${url.pathname.slice(3)}${url.search}`;
    const isSlow = faults.strikes('kombo-slow');
    const upTo = (ms: number) => random.int(10, ms);
    const latency = { there: upTo(isSlow ? 40_000 : scenario.komboMs), back: upTo(scenario.komboMs) };

    const isDetails = url.pathname.includes('/integrations/');
    if (isDetails) service.details.asked++;
    let shown: Showing[] = [];
    const sent = process.request(
      what,
      () => {
        if (faults.strikes('kombo-unreachable')) throw fetchFailed('ECONNREFUSED');
        onPage = [];
        const answer = answerOf(url);
        shown = onPage;
        if (faults.strikes('kombo-answer-lost')) throw fetchFailed('ECONNRESET');
        return isSlow && random.chance(0.5) ? { ...answer, bodyDelayMs: upTo(60_000) } : answer;
      },
      latency,
    );
    const answer = await orAborted(sent, request.signal);
    const isComplete = answer.status === 200 && answer.body.endsWith('}') && answer.bodyDelayMs === 0;
    if (isDetails && isComplete) service.details.answered++;
    // The records of a response that was lost do not count as shown to the process.
    if (isComplete) listed(service.unprocessed, process.name).push(...shown);
    const body = answer.bodyDelayMs === 0 ? answer.body : slowBody(answer, time, request.signal);
    return new Response(body, { status: answer.status, headers: answer.headers });
  };
}

function listed<T>(lists: Map<string, T[]>, key: string): T[] {
  const found = lists.get(key);
  if (found !== undefined) return found;
  const list: T[] = [];
  lists.set(key, list);
  return list;
}

function fetchFailed(code: string): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
}

function orAborted<T>(sent: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
    sent.then(resolve, reject);
  });
}

function slowBody({ body, bodyDelayMs }: Answer, time: VirtualTime, signal: AbortSignal): ReadableStream {
  return new ReadableStream({
    async pull(controller) {
      try {
        await orAborted(time.sleep(bodyDelayMs), signal);
        controller.enqueue(new TextEncoder().encode(body));
        controller.close();
      } catch (error) {
        controller.error(error);
      }
    },
  });
}
