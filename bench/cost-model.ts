/**
 * What a month costs, from the requests that polls make. Prices of us-east-1 in US dollars, as AWS lists them for
 * DynamoDB on demand, Lambda on arm64, SQS, EventBridge, CloudWatch, X-Ray and Secrets Manager; free tiers are left out.
 */
export const PRICES = {
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

/** Capacity units and bytes of one poll: `test/bench/cost-model.test.ts` holds them against polls that were made. */
export const PER_POLL = {
  /** The integration's settings, and each known state that the page's records are compared with. */
  read: 1,
  readPerRecord: 1,
  /** The lease taken and given back. */
  write: 2,
  /** The checkpoint moved; the entry comes on top. */
  writeWithChanges: 1,
  writePerChange: 1,
  /** Lambda's own lines, the run's line and the metrics. */
  logBytes: 2_500,
} as const;

export type Load = {
  integrations: number;
  pollsPerHour: number;
  /** Of a poll: what the overlap shows again, and what changed. */
  records: number;
  changes: number;
};

/** Write units of a journal entry: compressed, a change takes some 112 bytes. */
export function entryUnits(changes: number): number {
  return Math.ceil((400 + 112 * changes) / 1024);
}

const HOURS = 730;
/** Lambda waits for messages with five pollers, each asking every 20 seconds. */
const IDLE_RECEIVES = 5 * 3 * 60 * HOURS;
/** Milliseconds of a poll at 512 MB: Kombo's answer, mostly. */
const POLL_MS = 600;
export const METRICS = 16;
export const ALARMS = 12;

/** Dollars a month by service. */
export function monthlyCost({ integrations, pollsPerHour, records, changes }: Load) {
  const polls = integrations * pollsPerHour * HOURS;
  const dispatches = pollsPerHour * HOURS;
  const forChanges =
    changes === 0 ? 0 : PER_POLL.writeWithChanges + entryUnits(changes) + changes * PER_POLL.writePerChange;
  const reads =
    polls * (PER_POLL.read + PER_POLL.readPerRecord * records) +
    // Dispatch reads all settings (some 300 bytes each) and, not consistently, all checkpoints.
    dispatches * (1 + integrations * (0.3 / 4 + 0.5));
  const writes = polls * (PER_POLL.write + forChanges);
  const cost = {
    table: reads * PRICES.readUnit + writes * PRICES.writeUnit,
    functions:
      (polls + dispatches) * PRICES.lambdaRequest +
      ((polls * POLL_MS * 0.5 + dispatches * 200 * 0.25) / 1000) * PRICES.lambdaGbSecond,
    // Two queues are waited at; a message is sent in a batch of ten, received and deleted.
    queues: (2 * IDLE_RECEIVES + polls * 2.1) * PRICES.queueRequest,
    events: polls * changes * PRICES.event,
    logs: ((polls + dispatches) * PER_POLL.logBytes * PRICES.logGigabyte) / 1e9,
    // At most: of many calls in a second, Lambda traces one, and one in twenty of the others.
    traces: (polls + dispatches) * PRICES.trace,
    fixed:
      METRICS * PRICES.metricMonth + ALARMS * PRICES.alarmMonth + PRICES.secretMonth + PRICES.dashboardMonth,
  };
  return { ...cost, total: Object.values(cost).reduce((sum, part) => sum + part, 0) };
}

const LOADS = {
  idle: { pollsPerHour: 4, records: 2, changes: 0 },
  busy: { pollsPerHour: 4, records: 50, changes: 20 },
} as const;

/** The table of `docs/cost.md`. */
export function costTable(): string {
  const header = '| integrations | | table | functions | queues | events | logs | traces | fixed | a month |';
  const rows = [1, 50, 500].flatMap((integrations) =>
    Object.entries(LOADS).map(([name, load]) => {
      const { total, ...services } = monthlyCost({ integrations, ...load });
      const parts = Object.values(services).map((part) => part.toFixed(2));
      return `| ${integrations} | ${name} | ${parts.join(' | ')} | **$${total.toFixed(2)}** |`;
    }),
  );
  return [header, '| --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |', ...rows].join('\n');
}

/** The rows of the README's table. */
export function shortCostRows(): string[][] {
  return [1, 50, 500].map((integrations) => [
    String(integrations),
    ...Object.values(LOADS).map((load) => `$${monthlyCost({ integrations, ...load }).total.toFixed(2)}`),
  ]);
}
