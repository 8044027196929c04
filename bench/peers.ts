import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundledTask, runChild } from './child.ts';
import { integrationOf, KEY, Spent } from './measured-process.ts';
import type { Measure } from './report.ts';
import type { BenchOptions } from './single-integration.ts';
import { startSurroundings } from './surroundings.ts';
import type { Task } from './task.ts';

const RESPONSE_MS = 20;
const ROOT = join(import.meta.dirname, '..');
const run = promisify(execFile);

/** Other tools that read an API page by page. They are packages from PyPI, and `bench/peers.py` runs them. */
const PEERS = [
  { name: 'airbyte', what: 'airbyte-cdk, which only reads', packages: ['airbyte-cdk==7.39.1'], atMost: 0.8 },
  { name: 'dlt', what: 'dlt with scd2 into DuckDB', packages: ['dlt[duckdb]==1.31.0'], atMost: 0.8 },
];

/** Compares a first sync's processor time with that of other tools. Skips tools that cannot be installed. */
export async function measurePeers({ engine, rounds, records, say }: BenchOptions): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const peer of PEERS) {
    const python = await install(peer.packages).catch(() => null);
    if (python === null) {
      say(`skipped: ${peer.packages.join(', ')} needs Python 3 and PyPI`);
      continue;
    }
    const ids = Array.from({ length: rounds }, (_, round) => `moodle:round-${round + 1}`);
    await using surroundings = await startSurroundings(
      ids.map((id) => ({ id, count: records })),
      engine,
      RESPONSE_MS,
    );
    const { services } = surroundings;
    const bundle = await bundledTask();
    const [values, limits]: [number[], number[]] = [[], []];
    for (const [round, id] of ids.entries()) {
      say(`${records} records, ${RESPONSE_MS} ms a page, round ${round + 1}: ${peer.name}`);
      const script = join(import.meta.dirname, 'peers.py');
      const { stdout } = await run(python, [script, peer.name, services.kombo, KEY, id], {
        maxBuffer: 64 * 1024 * 1024,
      });
      limits.push(secondsOf(Spent.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')), records));
      const task: Task = { what: 'poll', services, integration: integrationOf(id) };
      values.push(secondsOf(await runChild(bundle, task), records));
    }
    const name = `processor time, first sync, ${records.toLocaleString('en')} records, ${RESPONSE_MS} ms a page`;
    measures.push({ name, beside: peer.what, unit: 's', values, limits, atMost: peer.atMost });
  }
  return measures;
}

/** Installs packages into a new virtual environment. Returns the path of its Python interpreter. */
async function install(packages: string[]): Promise<string> {
  const { stdout } = await run(join(ROOT, '.ci', 'python-tools'), packages);
  return join(stdout.trim(), 'python');
}

function secondsOf({ cpuMs, records }: Spent, expected: number): number {
  if (records !== expected) throw new Error(`${records} records were read instead of ${expected}`);
  return cpuMs / 1000;
}
