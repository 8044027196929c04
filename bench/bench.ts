import { parseArgs } from 'node:util';
import { measureColdStart } from './cold-start.ts';
import type { BenchOptions } from './measures/bench-options.ts';
import { countMeasures, countPolls } from './measures/counts.ts';
import { pollFleet } from './measures/fleet.ts';
import { judge, type Measure } from './measures/measure.ts';
import { growRecords, memoryMeasures } from './measures/memory.ts';
import { pollOneIntegration, timeMeasures } from './measures/single-integration.ts';
import { bestEngine } from './processes/surroundings.ts';
import { describeMachine, type Report, reportTable } from './report.ts';

const GROUPS = ['counts', 'cold-start', 'time', 'memory', 'fleet'] as const;
const USAGE = `npm run bench -- [--only GROUP,...] [--rounds N] [--records N] [--json]

Measures each row beside its limit, in the same run. All of it takes about half an hour on two idle cores.

  --only GROUP,...   of ${GROUPS.join(', ')}; by default all
  --rounds N         how often each time is measured (3)
  --records N        of the integration that is polled (100000); the memory is measured up to ten times as many
  --engine NAME      native (where @dynoxide/linux-x64 is installed) or embedded (runs everywhere, five times slower)
  --json             for programs`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: GROUPS.join(',') },
    rounds: { type: 'string', default: '3' },
    records: { type: 'string', default: '100000' },
    engine: { type: 'string', default: bestEngine() },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else await bench();

async function bench(): Promise<void> {
  const only = values.only.split(',');
  const options: BenchOptions = {
    engine: values.engine === 'native' ? 'native' : 'embedded',
    rounds: Number(values.rounds),
    records: Number(values.records),
    answerMs: 100,
    say: (what) => process.stderr.write(`${what}\n`),
  };
  const unknown = only.find((name) => !GROUPS.some((group) => group === name));
  if (unknown !== undefined || !(options.rounds >= 1) || !(options.records >= 1000)) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }

  const machine = describeMachine();
  const measures: Measure[] = [];
  if (only.includes('counts')) measures.push(...countMeasures(await countPolls()));
  if (only.includes('cold-start')) measures.push(coldStart());
  if (only.includes('time')) {
    measures.push(...timeMeasures(await pollOneIntegration(options), options.records));
  }
  if (only.includes('memory')) measures.push(...memoryMeasures(await growRecords(options)));
  if (only.includes('fleet')) measures.push(await pollFleet(options));

  const { engine, rounds, answerMs } = options;
  const report: Report = { machine, engine, rounds, answerMs, measures: measures.map(judge) };
  console.log(values.json ? JSON.stringify(report, null, 2) : reportTable(report));
}

function coldStart(): Measure {
  const { clientsMs, pollMs } = measureColdStart();
  return {
    name: 'cold start of the bundled poll function',
    beside: 'a function that imports only the same AWS clients',
    unit: 'ms',
    values: [pollMs.median],
    limits: [clientsMs.median],
    atMost: 1.3,
  };
}
