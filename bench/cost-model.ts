import { POLL_CONCURRENCY } from '../functions/contract/names.ts';

/** AWS's list prices of us-east-1 in US dollars, without free tiers (DynamoDB on demand, Lambda on arm64). */
const PRICES = {
  readUnit: 0.125e-6,
  writeUnit: 0.625e-6,
  lambdaRequest: 0.2e-6,
  lambdaGbSecond: 13.3334e-6,
  queueRequest: 0.4e-6,
  event: 1e-6,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  logGigabyte: 0.5,
  secretMonth: 0.4,
  dashboardMonth: 3,
  trace: 5e-6,
} as const;

export const METRICS = 17;
export const ALARMS = 12;
/** The Kombo key, the key for hashed ids, and the webhook's secret, which exists even without the webhook. */
export const SECRETS = 3;

const POLLS_A_MONTH = 4 * 730;
/** The assumed duration of a poll of one page: Kombo's response time is not known. */
const POLL_SECONDS = 0.6;
/**
 * The assumed duration of a dispatch. With 10,000 integrations, a dispatch used at most 1.9 s of processor
 * time. With 512 MB (0.29 of a processor), this takes 6.6 s. The model assumes 9.2 s, to have a margin.
 */
const DISPATCH_SECONDS = { once: 0.2, perIntegration: 0.0009 };
/** The memory of the dispatch function and of the poll function, in GB. */
const GIGABYTES = 0.5;
/** The log of one invocation: Lambda's own lines, the line about the run or the dispatch, and the metrics. */
const LOG_BYTES = 2_500;
/** Lambda polls two empty queues with five pollers each, which send a request every 20 seconds. */
const IDLE_RECEIVES_A_MONTH = 2 * 5 * 3 * 60 * 730;
/** The size of one integration's settings as an item of the table, in bytes. */
const SETTINGS_BYTES = 176;
const READ_UNIT_BYTES = 4 * 1024;
const BATCH = 10;

/** A poll that reads one page: its records, and how many of them have changed. */
export type PollLoad = { records: number; changes: number };

export const LOADS = { idle: { records: 2, changes: 0 }, busy: { records: 50, changes: 20 } } as const;

/** The capacity units and requests of a poll that reads one page. A test compares them with real polls. */
export function pollRequests({ records, changes }: PollLoad) {
  // A journal entry is compressed to about 112 bytes per change. A poll of one page writes the checkpoint
  // twice: when it acquires the lease, and when it releases the lease.
  const entryUnits = Math.ceil((400 + 112 * changes) / 1024);
  return {
    readUnits: 1 + records,
    writeUnits: 2 + (changes === 0 ? 0 : entryUnits + changes),
    putEvents: Math.ceil(changes / BATCH),
  };
}

/** Returns the cost of a month in dollars, by service, if each integration is polled every 15 minutes. */
export function monthlyCost(integrations: number, load: PollLoad) {
  const poll = pollRequests(load);
  const polls = POLLS_A_MONTH * integrations;
  const settingsUnits = Math.ceil((integrations * SETTINGS_BYTES) / READ_UNIT_BYTES) + integrations / 2;
  const invocations = polls + POLLS_A_MONTH;
  const seconds = polls * POLL_SECONDS + POLLS_A_MONTH * dispatchSeconds(integrations);
  const sends = POLLS_A_MONTH * Math.ceil(integrations / BATCH);
  const cost = {
    table:
      (polls * poll.readUnits + POLLS_A_MONTH * settingsUnits) * PRICES.readUnit +
      polls * poll.writeUnits * PRICES.writeUnit,
    functions: invocations * PRICES.lambdaRequest + seconds * GIGABYTES * PRICES.lambdaGbSecond,
    // Each message needs one request to be received, and another to be deleted.
    queues: (IDLE_RECEIVES_A_MONTH + sends + 2 * polls) * PRICES.queueRequest,
    events: polls * load.changes * PRICES.event,
    logs: (invocations * LOG_BYTES * PRICES.logGigabyte) / 1e9,
    // The real number is lower: X-Ray records one invocation per second, and 5 % of all further ones.
    traces: invocations * PRICES.trace,
    fixed:
      METRICS * PRICES.metricMonth +
      ALARMS * PRICES.alarmMonth +
      SECRETS * PRICES.secretMonth +
      PRICES.dashboardMonth,
  };
  return { ...cost, total: Object.values(cost).reduce((sum, part) => sum + part, 0) };
}

/** Returns the cost of one invocation of a function in dollars. */
export function functionCost(memoryMb: number, seconds: number): number {
  return PRICES.lambdaRequest + (memoryMb / 1024) * seconds * PRICES.lambdaGbSecond;
}

function dispatchSeconds(integrations: number): number {
  return DISPATCH_SECONDS.once + DISPATCH_SECONDS.perIntegration * integrations;
}

/** Returns the table of `docs/cost.md`. */
export function costTable(): string {
  const rows = [1, 50, 500, 10_000].flatMap((integrations) =>
    Object.entries(LOADS).map(([name, load]) => {
      const { total, ...services } = monthlyCost(integrations, load);
      const parts = Object.values(services).map((part) => part.toFixed(2));
      return [integrations.toLocaleString('en'), name, ...parts, `**$${total.toFixed(2)}**`];
    }),
  );
  const head = ['integrations', '', 'table', 'functions', 'queues', 'events', 'logs', 'traces', 'fixed'];
  return table([...head, 'per month'], rows);
}

/** Returns the rows of the README's table. */
export function shortCostRows(): string[][] {
  return [1, 50, 500].map((integrations) => [
    String(integrations),
    ...Object.values(LOADS).map((load) => `$${monthlyCost(integrations, load).total.toFixed(2)}`),
  ]);
}

/** Shows the share of AWS's limits that the polls of one dispatch use, if all integrations are busy. */
export function limitTable(): string {
  const sizes = [10, 100, 1_000, 10_000];
  const { readUnits, writeUnits, putEvents } = pollRequests(LOADS.busy);
  const pollsASecond = (integrations: number) => Math.min(integrations, POLL_CONCURRENCY) / POLL_SECONDS;
  // The quotas are of November 2026; `docs/cost.md` has the sources.
  const limits: [string, string, (integrations: number) => number][] = [
    ['poll slots', '50', (count) => (count * POLL_SECONDS) / (POLL_CONCURRENCY * 900)],
    [
      'concurrent executions',
      '1,000 per account',
      (count) => (Math.min(count, POLL_CONCURRENCY) + 1) / 1_000,
    ],
    ['time of dispatch', '60 s', (count) => dispatchSeconds(count) / 60],
    ['write units of a new table', '4,000 per second', (count) => (pollsASecond(count) * writeUnits) / 4_000],
    ['read units of a new table', '12,000 per second', (count) => (pollsASecond(count) * readUnits) / 12_000],
    ['PutEvents, smallest Regions', '400 per second', (count) => (pollsASecond(count) * putEvents) / 400],
  ];
  const rows = limits.map(([limit, of, share]) => [limit, of, ...sizes.map((size) => percent(share(size)))]);
  const kombo = sizes.map((size) => `${pollsASecond(size).toFixed(0)} per second`);
  return table(
    ['limit', 'of', ...sizes.map((size) => size.toLocaleString('en'))],
    [...rows, ['requests to Kombo', 'not known', ...kombo]],
  );
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ').replaceAll('|  |', '| |')} |`;
  return [line(head), line(head.map((_, at) => (at < 2 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

function percent(share: number): string {
  return share < 0.01 ? '< 1 %' : `${(share * 100).toFixed(0)} %`;
}
