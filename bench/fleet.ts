import { setPriority } from 'node:os';
import type { Integration } from '../functions/contract/integration.ts';
import { bundled, startChild } from './child.ts';
import { integrationOf } from './measured-process.ts';
import type { PollerTask } from './poller.ts';
import type { Measure } from './report.ts';
import { rereadEverything, seedTable } from './seed-table.ts';
import type { BenchOptions } from './single-integration.ts';
import { startSurroundings } from './surroundings.ts';

const HEALTHY = 47;
const RECORDS = 500;
const HUGE_RECORDS = 1_000_000;

/**
 * The sandbox's response time, ten times as long as in the other measures. With this time, two processor
 * cores do not limit fifty polls, as on Lambda, where each poll has its own share of a core.
 */
const ANSWER_MS = 1_000;

/** A number of requests that is larger than any poll makes. */
const MANY = 1_000_000;
const SLOW = { kind: 'slow', delayMs: 5_000, requests: MANY } as const;
const REFUSED = {
  kind: 'error',
  status: 401,
  code: 'INTEGRATION.AUTHENTICATION_INVALID',
  requests: MANY,
} as const;

/**
 * The priority of the failing, slow and huge polls. On Lambda, each poll has its own processor. Here these
 * polls get only the processor time that the other polls do not use.
 */
const LOWEST_PRIORITY = 19;

/**
 * Measures how long 47 polls take while three others run: one that fails, one that is slow, and a first sync of
 * 1,000,000 records.
 */
export async function measureFleet({ engine, rounds, say }: BenchOptions): Promise<Measure> {
  const healthy = Array.from({ length: HEALTHY }, (_, at) => integrationOf(`moodle:healthy-${at + 1}`));
  // Each round uses new integrations, because a process that was killed holds its leases until they expire.
  const inRounds = (kind: string) =>
    Array.from({ length: rounds }, (_, round) => integrationOf(`moodle:${kind}-${round + 1}`));
  const [failing, slow, huge] = [inRounds('failing'), inRounds('slow'), inRounds('huge')];
  const small = [...healthy, ...failing, ...slow];
  const surroundings = await startSurroundings(
    [
      ...small.map(({ id }) => ({ id, count: RECORDS })),
      ...huge.map(({ id }) => ({ id, count: HUGE_RECORDS })),
    ],
    engine,
  );
  const { services, control } = surroundings;
  const poller = await bundled('poller.ts');
  const secondsBeside = async (others: Integration[]) => {
    for (const integration of healthy) await rereadEverything(services, integration);
    const start = (integrations: Integration[]) =>
      startChild(poller, { services, integrations } satisfies PollerTask);
    const beside = others.length === 0 ? null : start(others);
    if (beside !== null) setPriority(beside.pid, LOWEST_PRIORITY);
    const { wallMs } = await start(healthy).spent();
    beside?.stop();
    return wallMs / 1000;
  };
  const values: number[] = [];
  const limits: number[] = [];
  try {
    for (const integration of small) await seedTable(services, integration, RECORDS);
    control.setDelay(ANSWER_MS);
    for (const { id: integration } of failing) control.inject({ ...REFUSED, integration });
    for (const { id: integration } of slow) control.inject({ ...SLOW, integration });
    for (let round = 0; round < rounds; round += 1) {
      say(`round ${round + 1} of ${rounds}: ${HEALTHY} integrations alone`);
      limits.push(await secondsBeside([]));
      say(`round ${round + 1} of ${rounds}: the same with one failing, one slow, one huge`);
      const others = [failing[round], slow[round], huge[round]].filter((one) => one !== undefined);
      values.push(await secondsBeside(others));
    }
  } finally {
    await surroundings.close();
  }
  return {
    name: '50 integrations, one failing, one slow, one with 1,000,000 records, at 1 s a page',
    beside: 'the other 47 alone',
    unit: 's',
    values,
    limits,
    atMost: 1.05,
  };
}
