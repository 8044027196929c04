import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Measured, Services } from './memory-worker.ts';

/**
 * The memory of the process that runs a poll, by the number of records it reads: it must not grow with it. Kombo, the
 * table and the bus are in another process. `npm run bench:memory [-- RECORDS...]`
 */
const SIZES = [20_000, 200_000];

const given = process.argv.slice(2).map(Number);
console.log('| poll | records read | peak memory | heap in use, at most | time |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const size of given.length > 0 ? given : SIZES) {
  const process = start('memory-services.ts', [String(size)]);
  const services = JSON.stringify(Services.parse(await said(process)));
  await measure('first sync', services, 'baseline');
  await measure('nothing changed', services, 'reconcile');
  process.kill();
}

async function measure(poll: string, services: string, mode: string): Promise<void> {
  const { records, seconds, peakRssMb, heapMb } = Measured.parse(
    await said(start('memory-worker.ts', [services, mode])),
  );
  const cells = [
    poll,
    records.toLocaleString('en'),
    `${peakRssMb.toFixed(0)} MB`,
    `${heapMb.toFixed(1)} MB`,
    `${seconds.toFixed(0)} s`,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function start(script: string, args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, script), args, { execArgv: ['--expose-gc'] });
}

async function said(child: ChildProcess): Promise<unknown> {
  const message = once(child, 'message');
  const end = once(child, 'exit').then(([code]) => {
    throw new Error(`${child.spawnargs[2]} ended with code ${code}`);
  });
  end.catch(() => undefined);
  const [value]: unknown[] = await Promise.race([message, end]);
  return value;
}
