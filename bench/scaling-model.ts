import { POLL_CONCURRENCY } from '../functions/contract/poll-concurrency.ts';
import { hourlyCost, LOADS } from './cost-model.ts';
import { DISPATCH, QUOTAS } from './quotas.ts';
import {
  dispatchMs,
  dispatchRequests,
  firstSyncHour,
  firstSyncPageRequests,
  hourRequests,
  type PollLoad,
  pollRequests,
} from './requests-model.ts';

const SIZES = [1, 10, 100, 1_000, 10_000];
/** What each integration knows. */
const PROGRESSIONS = 10_000;
/** By `node bench/dispatch.ts 10000`, all of them troubled. */
const DISPATCH_MB = { once: 95, perIntegration: 0.014 };
const HOUR_MS = 60 * 60 * 1000;

const busy = LOADS.busy;

/** What is asked for in a second while the messages of a dispatch are worked off, as fast as the slots allow. */
export function peak(integrations: number, load: PollLoad, slots = POLL_CONCURRENCY) {
  const poll = pollRequests(load);
  const polls = Math.min(integrations, slots) / (poll.milliseconds / 1000);
  const { readUnits: settings } = dispatchRequests({ integrations, due: 0, suspicious: 0 });
  return {
    kombo: polls * poll.kombo,
    readUnits: polls * poll.readUnits,
    writeUnits: polls * poll.writeUnits,
    putEvents: polls * poll.putEvents,
    /** Dispatch reads all settings of one partition at once; each poll reads its own. */
    settingsUnits: polls + settings - integrations / 2,
  };
}

/** The share of the slots' time that an hour needs. */
export function slotShare(integrations: number, progressions: number = PROGRESSIONS): number {
  const hour = hourRequests({ ...busy, integrations, progressions, firstSyncs: 0 });
  const dispatching = busy.pollsPerHour * dispatchMs(integrations);
  return (hour.milliseconds - dispatching) / (POLL_CONCURRENCY * HOUR_MS);
}

/** How much of each limit is used, as a share of 1. */
export function limitShares(integrations: number): { limit: string; of: string; share: number }[] {
  const { readUnits, writeUnits, putEvents, settingsUnits } = peak(integrations, busy);
  const { newTable, partition, putEventsPerSecond, lambdaConcurrency } = QUOTAS;
  const memory = DISPATCH_MB.once + DISPATCH_MB.perIntegration * integrations;
  return [
    { limit: 'time of the poll slots', of: `${POLL_CONCURRENCY} slots`, share: slotShare(integrations) },
    {
      limit: 'calls of functions at once',
      of: `${number(lambdaConcurrency)} an account`,
      share: (Math.min(integrations, POLL_CONCURRENCY) + 1) / lambdaConcurrency,
    },
    {
      limit: "dispatch's time",
      of: `${DISPATCH.seconds} s`,
      share: dispatchMs(integrations) / 1000 / DISPATCH.seconds,
    },
    { limit: "dispatch's memory", of: `${DISPATCH.megabytes} MB`, share: memory / DISPATCH.megabytes },
    {
      limit: 'write units of a new table',
      of: `${number(newTable.writeUnits)} a second`,
      share: writeUnits / newTable.writeUnits,
    },
    {
      limit: 'read units of a new table',
      of: `${number(newTable.readUnits)} a second`,
      share: readUnits / newTable.readUnits,
    },
    {
      limit: 'read units of the partition of settings',
      of: `${number(partition.readUnits)} a second`,
      share: settingsUnits / partition.readUnits,
    },
    {
      limit: 'PutEvents, smallest Regions',
      of: `${number(putEventsPerSecond.least)} a second`,
      share: putEvents / putEventsPerSecond.least,
    },
    {
      limit: 'PutEvents, largest Regions',
      of: `${number(putEventsPerSecond.most)} a second`,
      share: putEvents / putEventsPerSecond.most,
    },
  ];
}

/** The limits that are nearest, in a sentence for each size. */
export function nearestLimits(): string {
  return [1_000, 10_000]
    .map((integrations) => {
      const [first, second] = limitShares(integrations).toSorted((left, right) => right.share - left.share);
      const named = [first, second].map((each) => each && `${each.limit} (${percent(each.share)})`);
      return `- At ${number(integrations)} integrations: ${named.join(', then ')}.`;
    })
    .join('\n');
}

/** What an hour asks for and costs. */
export function hourTable(): string {
  const header =
    '| integrations | | Kombo | functions | queue | DynamoDB | read units | write units | events | dollars |';
  const rows = SIZES.flatMap((integrations) =>
    Object.entries(LOADS).map(([name, load]) => {
      const hour = { ...load, integrations, progressions: PROGRESSIONS, firstSyncs: 0 };
      const { kombo, invocations, sends, messages, dynamoDb, readUnits, writeUnits, events } =
        hourRequests(hour);
      const dollars = Object.values(hourlyCost(hour)).reduce((total, part) => total + part, 0);
      const counts = [kombo, invocations, sends + 2 * messages, dynamoDb, readUnits, writeUnits, events];
      return `| ${number(integrations)} | ${name} | ${counts.map(number).join(' | ')} | ${dollars.toFixed(dollars < 1 ? 4 : 2)} |`;
    }),
  );
  return [header, '| --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |', ...rows].join('\n');
}

/** How much of each limit is used by busy integrations. */
export function limitTable(): string {
  const rows = limitShares(1).map(({ limit, of }, at) => {
    const shares = SIZES.map((integrations) => percent(limitShares(integrations)[at]?.share ?? Number.NaN));
    return `| ${limit} | ${of} | ${shares.join(' | ')} |`;
  });
  const kombo = SIZES.map((integrations) => `${peak(integrations, busy).kombo.toFixed(0)}/s`);
  return [
    `| limit | of | ${SIZES.map(number).join(' | ')} |`,
    '| --- | --- | --: | --: | --: | --: | --: |',
    ...rows,
    `| requests to Kombo | not known | ${kombo.join(' | ')} |`,
  ].join('\n');
}

/** How far what a deployment can turn, or its customers bring, may go until a limit is reached. */
export function roomTable(): string {
  const sizes = [1_000, 10_000];
  const polling = pollRequests(busy).milliseconds;
  const changes =
    (least: number, used: (integrations: number, load: PollLoad) => number) => (integrations: number) =>
      `${largest((count) => used(integrations, { records: 30 + count, changes: count }) <= least)}`;
  const rows: [string, string, (integrations: number) => string][] = [
    [
      'a poll takes so long (Kombo is slow)',
      'the slots are full',
      (integrations) => `${((POLL_CONCURRENCY * 3600) / busy.pollsPerHour / integrations).toFixed(1)} s`,
    ],
    [
      '`pollEveryMinutes`',
      'the slots are full',
      (integrations) => `${Math.ceil((integrations * polling) / POLL_CONCURRENCY / 60_000)}`,
    ],
    [
      'progressions an integration has, all reconciled once a week',
      'the slots are full',
      (integrations) =>
        number(1_000 * largest((thousands) => slotShare(integrations, thousands * 1_000) <= 1)),
    ],
    [
      'changes a poll sees',
      'a new table is throttled',
      changes(QUOTAS.newTable.writeUnits, (integrations, load) => peak(integrations, load).writeUnits),
    ],
    [
      'changes a poll sees',
      'PutEvents is throttled in the smallest Regions',
      changes(QUOTAS.putEventsPerSecond.least, (integrations, load) => peak(integrations, load).putEvents),
    ],
    [
      '`pollConcurrency`',
      'a new table is throttled',
      (integrations) =>
        `${largest((slots) => peak(integrations, busy, slots).writeUnits <= QUOTAS.newTable.writeUnits)}`,
    ],
  ];
  return [
    `| what | until | ${sizes.map((size) => `${number(size)} integrations`).join(' | ')} |`,
    '| --- | --- | --: | --: |',
    ...rows.map(([what, until, at]) => `| ${what} | ${until} | ${sizes.map(at).join(' | ')} |`),
  ].join('\n');
}

/** What first syncs of large integrations ask for in a second, and in an hour. */
export function firstSyncTable(): string {
  const page = firstSyncPageRequests();
  const perSecond = 1000 / page.milliseconds;
  const hour = firstSyncHour();
  const rows = [1, 10, 20, 50].map((count) => {
    const writes = count * perSecond * page.writeUnits;
    const putEvents = count * perSecond * page.putEvents;
    const cells = [
      percent(count / POLL_CONCURRENCY),
      `${(count * perSecond * page.kombo).toFixed(1)}`,
      `${number(writes)} (${percent(writes / QUOTAS.newTable.writeUnits)})`,
      `${number(putEvents)} (${percent(putEvents / QUOTAS.putEventsPerSecond.least)})`,
      number(count * hour.kombo),
    ];
    return `| ${count} | ${cells.join(' | ')} |`;
  });
  return [
    '| first syncs at once | slots | Kombo, a second | write units a second (of a new table) | PutEvents a second when published (of the least quota) | Kombo, an hour |',
    '| --: | --: | --: | --: | --: | --: |',
    ...rows,
  ].join('\n');
}

/** What a rate that Kombo may turn out to have would mean: the slots that stay below it, and how many fit into a quarter of an hour. */
export function komboTable(): string {
  const { kombo, milliseconds } = pollRequests(busy);
  const rows = [5, 10, 20, 50, 100].map((perSecond) => {
    const slots = Math.floor((perSecond / kombo) * (milliseconds / 1000));
    const integrations = (perSecond / kombo) * (3600 / busy.pollsPerHour);
    return `| ${perSecond} | ${slots} | ${number(integrations)} |`;
  });
  return [
    '| requests a second that Kombo takes | `pollConcurrency` that keeps to it | integrations polled every 15 minutes |',
    '| --: | --: | --: |',
    ...rows,
  ].join('\n');
}

/** The largest whole number that something holds for; it holds for all below. */
function largest(holds: (value: number) => boolean): number {
  let value = 0;
  while (value < 100_000 && holds(value + 1)) value += 1;
  return value;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function percent(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${(share * 100).toFixed(0)} %`;
}
