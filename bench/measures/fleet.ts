import type { Integration } from '../../functions/contract/integration.ts';
import { POLL_CONCURRENCY } from '../../functions/contract/names.ts';
import { bundled } from '../processes/bundle.ts';
import { startChild } from '../processes/child.ts';
import { FleetSpent, type FleetTask } from '../processes/fleet-poller.ts';
import { startSurroundings } from '../processes/surroundings.ts';
import { rereadEverything, seedTable } from '../seed-table.ts';
import type { BenchOptions } from './bench-options.ts';
import type { Measure } from './measure.ts';

const WELL = 47;
const RECORDS = 500;
const HUGE_RECORDS = 1_000_000;
/** Ten times the usual: two cores stand for fifty machines, and are not what is to be measured. */
const ANSWER_MS = 1_000;
/** All of its requests. */
const MANY = 1_000_000;
const SLOW = { kind: 'slow', delayMs: 5_000, requests: MANY } as const;
const REFUSED = {
  kind: 'error',
  status: 401,
  code: 'INTEGRATION.AUTHENTICATION_INVALID',
  requests: MANY,
} as const;

/**
 * 50 integrations, of which one fails, one is slow and one is huge, beside the other 47 alone: when were those 47 polled?
 * The huge one is in its first sync, the longest work there is.
 */
export async function pollFleet({ engine, rounds, say }: BenchOptions): Promise<Measure> {
  const well = Array.from({ length: WELL }, (_, at) => integrationOf(`moodle:well-${at + 1}`));
  // New ones each round: what is cut off keeps its lease for a while.
  const failing = everyRound(rounds, 'moodle:failing');
  const slow = everyRound(rounds, 'moodle:slow');
  const huge = everyRound(rounds, 'moodle:huge');
  const surroundings = await startSurroundings(
    {
      answerMs: ANSWER_MS,
      integrations: [
        ...[...well, ...failing, ...slow].map(({ id }) => ({ id, count: RECORDS })),
        ...huge.map(({ id }) => ({ id, count: HUGE_RECORDS })),
      ],
    },
    engine,
  );
  const { services, tell } = surroundings;
  const fleetPoller = await bundled('fleet-poller.ts');
  const poller = await bundled('poller.ts');
  const poll = async (troubled: Integration[], first: Integration | null) => {
    for (const integration of [...well, ...troubled]) await rereadEverything(services, integration);
    const task: FleetTask = { services, atOnce: POLL_CONCURRENCY, troubled, huge: first, well, poller };
    return FleetSpent.parse(await startChild(fleetPoller, task).said()).wellMs / 1000;
  };
  const values: number[] = [];
  const limits: number[] = [];
  try {
    for (const integration of [...well, ...failing, ...slow]) {
      await seedTable(services, integration, RECORDS);
    }
    for (const { id: integration } of failing) await tell({ fault: { ...REFUSED, integration } });
    for (const { id: integration } of slow) await tell({ fault: { ...SLOW, integration } });
    for (let round = 0; round < rounds; round += 1) {
      say(`round ${round + 1} of ${rounds}: ${WELL} integrations alone`);
      limits.push(await poll([], null));
      say(`round ${round + 1} of ${rounds}: the same with one failing, one slow, one huge`);
      const troubled = [failing[round], slow[round]].filter((one) => one !== undefined);
      values.push(await poll(troubled, huge[round] ?? null));
    }
  } finally {
    surroundings.stop();
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

function everyRound(rounds: number, id: string): Integration[] {
  return Array.from({ length: rounds }, (_, round) => integrationOf(`${id}-${round + 1}`));
}

function integrationOf(id: string): Integration {
  return { id, state: 'active', baseline: { mode: 'silent' }, addedAt: '2026-03-01T00:00:00.000Z' };
}
