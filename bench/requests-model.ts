/**
 * What Schoolbell asks of each service, counted in requests and capacity units. `test/bench/requests-model.test.ts` holds
 * it exactly against dispatches and polls that were really made, with 1, 10 and 100 integrations. The milliseconds are
 * assumptions.
 */
export type Requests = {
  /** Pages of Kombo. */
  kombo: number;
  /** Calls of the dispatch and of the poll function, and how long they take. */
  invocations: number;
  milliseconds: number;
  /** Messages that are sent to the poll queue, and the requests that send them. */
  messages: number;
  sends: number;
  dynamoDb: number;
  readUnits: number;
  writeUnits: number;
  /** Requests to EventBridge, and the events in them. */
  putEvents: number;
  events: number;
};

/** What one poll sees: all records that it is shown, and how many of them have changed. */
export type PollLoad = { records: number; changes: number };

/** The load of an hour. */
export type HourLoad = PollLoad & {
  integrations: number;
  pollsPerHour: number;
  /** What each integration knows, and reads again in its weekly reconciliation; 0 leaves that out. */
  progressions: number;
  /** Integrations that are in a first sync for the whole hour. */
  firstSyncs: number;
};

/** Milliseconds that Kombo takes to answer a page. Nobody outside Kombo knows it. */
export const KOMBO_PAGE_MS = 500;
/** The lease, the settings and the publishing of a poll. */
const AROUND_MS = 100;
/** Of a page in a first sync, by the benchmark's bound: everything on it is written. */
export const FIRST_SYNC_PAGE_MS = 1.35 * KOMBO_PAGE_MS;
/** By `node bench/dispatch.ts 10000`, at the 0.29 of a processor that 512 MB come with. */
const DISPATCH_MS = { once: 200, perIntegration: 0.9 };

const PAGE = 250;
const BATCH_GET = 100;
const EVENTS_A_REQUEST = 10;
const MESSAGES_A_REQUEST = 10;
const QUERY_BYTES = 1024 * 1024;
const READ_UNIT_BYTES = 4 * 1024;
/** One integration's settings as an item of the table. */
const SETTINGS_BYTES = 176;
/** A checkpoint is below 1 KB, and above it while a run stands in it; so is the write that takes the run out again. */
const MOVE_UNITS = 2;
/** A worker's invocation ends between pages after so long, a slice of a reconciliation too; progress is noted in between. */
const INVOCATION_MS = 210_000;
const SLICE_MS = 60_000;
const NOTE_MS = 10_000;
const HOURS_A_WEEK = 7 * 24;
const HOUR_MS = 60 * 60 * 1000;

const NOTHING: Requests = {
  kombo: 0,
  invocations: 0,
  milliseconds: 0,
  messages: 0,
  sends: 0,
  dynamoDb: 0,
  readUnits: 0,
  writeUnits: 0,
  putEvents: 0,
  events: 0,
};

/** Write units of a journal entry: compressed, a change takes some 112 bytes. */
function entryUnits(changes: number): number {
  return Math.ceil((400 + 112 * changes) / 1024);
}

/** An incremental poll in one invocation. Changes are spread evenly over the pages. */
export function pollRequests({ records, changes }: PollLoad): Requests {
  const pages = pagesOf(records);
  const passes = pages > 1 ? 2 : 1;
  const changed = Math.min(pages, changes);
  const perPage = changed === 0 ? 0 : Math.ceil(changes / changed);
  return {
    ...NOTHING,
    kombo: passes * pages,
    invocations: 1,
    milliseconds: AROUND_MS + passes * pages * KOMBO_PAGE_MS,
    // The settings, the lease taken and given back; of a page that changed something, the entry and the checkpoint.
    dynamoDb: 3 + passes * batchesOf(records) + 2 * changed + changes,
    readUnits: 1 + passes * records,
    writeUnits: 2 + (changed > 0 ? 1 : 0) + changed * (entryUnits(perPage) + MOVE_UNITS) + changes,
    putEvents: changed * Math.ceil(perPage / EVENTS_A_REQUEST),
    events: changes,
  };
}

/** What a weekly reconciliation adds to the poll that it comes with. Slice after slice, each in a poll of its own. */
export function reconciliationRequests(records: number): Requests {
  if (records === 0) return NOTHING;
  const pages = pagesOf(records);
  const milliseconds = pages * KOMBO_PAGE_MS;
  const more = Math.ceil(milliseconds / SLICE_MS) - 1;
  const notes = Math.floor(milliseconds / NOTE_MS);
  const reading = {
    ...NOTHING,
    kombo: pages,
    milliseconds,
    messages: more,
    sends: more,
    dynamoDb: batchesOf(records) + notes,
    readUnits: records,
    // The lease's two writes of each further poll are larger than usual.
    writeUnits: notes * MOVE_UNITS + more * 2,
  };
  return sum([reading, times(more, pollRequests({ records: 0, changes: 0 }))]);
}

/** A silent first sync, invocation after invocation. */
export function firstSyncRequests(records: number): Requests {
  const pages = pagesOf(records);
  const passes = pages > 1 ? 2 : 1;
  const milliseconds = AROUND_MS + passes * pages * FIRST_SYNC_PAGE_MS;
  const more = Math.ceil(milliseconds / INVOCATION_MS) - 1;
  // Cursors make it larger than 1 KB.
  const moveUnits = pages > 1 ? MOVE_UNITS : 1;
  return {
    kombo: passes * pages,
    invocations: 1 + more,
    milliseconds,
    messages: more,
    sends: more,
    // One more move of the checkpoint before `IntegrationBaselined` is told.
    dynamoDb: 3 + passes * batchesOf(records) + 2 * pages + records + 1 + 3 * more,
    readUnits: 1 + passes * records + more,
    writeUnits:
      2 + pages * (entryUnits(Math.min(records, PAGE)) + moveUnits) + records + 1 + 2 * MOVE_UNITS * more,
    putEvents: 1,
    events: 1,
  };
}

/**
 * @param load.due integrations that a message is sent for
 * @param load.suspicious integrations that no run has ended of for an hour: their journals are looked at
 */
export function dispatchRequests(load: { integrations: number; due: number; suspicious: number }): Requests {
  const { integrations, due, suspicious } = load;
  const settings = integrations * SETTINGS_BYTES;
  return {
    ...NOTHING,
    invocations: 1,
    milliseconds: dispatchMs(integrations),
    messages: due,
    sends: Math.ceil(due / MESSAGES_A_REQUEST),
    dynamoDb:
      Math.ceil(settings / QUERY_BYTES) +
      Math.ceil(integrations / BATCH_GET) +
      Math.ceil(suspicious / BATCH_GET),
    // Checkpoints and entries are not read consistently.
    readUnits: Math.ceil(settings / READ_UNIT_BYTES) + (integrations + suspicious) / 2,
  };
}

export function dispatchMs(integrations: number): number {
  return DISPATCH_MS.once + DISPATCH_MS.perIntegration * integrations;
}

/** What an hour asks for, when all is well. */
export function hourRequests(load: HourLoad): Requests {
  const { integrations, pollsPerHour, progressions, firstSyncs } = load;
  return sum([
    times(pollsPerHour, dispatchRequests({ integrations, due: integrations, suspicious: 0 })),
    times(pollsPerHour * integrations, pollRequests(load)),
    times(integrations / HOURS_A_WEEK, reconciliationRequests(progressions)),
    times(firstSyncs, firstSyncHour()),
  ]);
}

/** A page in the first pass of a first sync, as a publishing one sends it. */
export function firstSyncPageRequests(): Requests {
  return {
    ...NOTHING,
    kombo: 1,
    milliseconds: FIRST_SYNC_PAGE_MS,
    dynamoDb: batchesOf(PAGE) + 2 + PAGE,
    readUnits: PAGE,
    writeUnits: entryUnits(PAGE) + MOVE_UNITS + PAGE,
    putEvents: PAGE / EVENTS_A_REQUEST,
    events: PAGE,
  };
}

/** What one integration asks for that is in a first sync for an hour: the pages of both passes that fit into it. */
export function firstSyncHour(): Requests {
  const pages = Math.floor(HOUR_MS / FIRST_SYNC_PAGE_MS / 2);
  return firstSyncRequests(pages * PAGE);
}

export function sum(parts: Requests[]): Requests {
  return parts.reduce((total, part) => combine((key) => total[key] + part[key]), NOTHING);
}

export function times(factor: number, requests: Requests): Requests {
  return combine((key) => factor * requests[key]);
}

function combine(value: (key: keyof Requests) => number): Requests {
  return {
    kombo: value('kombo'),
    invocations: value('invocations'),
    milliseconds: value('milliseconds'),
    messages: value('messages'),
    sends: value('sends'),
    dynamoDb: value('dynamoDb'),
    readUnits: value('readUnits'),
    writeUnits: value('writeUnits'),
    putEvents: value('putEvents'),
    events: value('events'),
  };
}

/** A page is read also when nothing is shown. */
function pagesOf(records: number): number {
  return Math.max(1, Math.ceil(records / PAGE));
}

/** Each page's known states are read by themselves. */
function batchesOf(records: number): number {
  return Math.floor(records / PAGE) * Math.ceil(PAGE / BATCH_GET) + Math.ceil((records % PAGE) / BATCH_GET);
}
