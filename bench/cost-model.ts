import { type HourLoad, hourRequests } from './requests-model.ts';

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

/** Lambda's own lines, the line of a run or of a dispatch, and the metrics. */
const LOG_BYTES = 2_500;
/** Of the dispatch and of the poll function. */
const GIGABYTES = 0.5;

const HOURS = 730;
/** Lambda waits for messages with five pollers, each asking every 20 seconds. */
const IDLE_RECEIVES = 5 * 3 * 60;
export const METRICS = 17;
export const ALARMS = 12;
/** The Kombo key and the webhook's secret, which is there without the webhook as well. */
export const SECRETS = 2;

/** Dollars an hour by service. What costs the same at any load comes on top. */
export function hourlyCost(load: HourLoad) {
  const { invocations, milliseconds, messages, sends, readUnits, writeUnits, events } = hourRequests(load);
  return {
    table: readUnits * PRICES.readUnit + writeUnits * PRICES.writeUnit,
    functions: invocations * PRICES.lambdaRequest + (milliseconds / 1000) * GIGABYTES * PRICES.lambdaGbSecond,
    // Two queues are waited at; a message is received and deleted by itself.
    queues: (2 * IDLE_RECEIVES + sends + 2 * messages) * PRICES.queueRequest,
    events: events * PRICES.event,
    logs: (invocations * LOG_BYTES * PRICES.logGigabyte) / 1e9,
    // At most: of many calls in a second, Lambda traces one, and one in twenty of the others.
    traces: invocations * PRICES.trace,
  };
}

/** Dollars a month by service. */
export function monthlyCost(load: Omit<HourLoad, 'progressions' | 'firstSyncs'>) {
  const { table, functions, queues, events, logs, traces } = hourlyCost({
    ...load,
    progressions: 0,
    firstSyncs: 0,
  });
  const cost = {
    table: HOURS * table,
    functions: HOURS * functions,
    queues: HOURS * queues,
    events: HOURS * events,
    logs: HOURS * logs,
    traces: HOURS * traces,
    fixed:
      METRICS * PRICES.metricMonth +
      ALARMS * PRICES.alarmMonth +
      SECRETS * PRICES.secretMonth +
      PRICES.dashboardMonth,
  };
  return { ...cost, total: Object.values(cost).reduce((sum, part) => sum + part, 0) };
}

export const LOADS = {
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
