import { parseArgs } from 'node:util';
import { nativeDynamoDb } from '../local/native-dynamodb.ts';
import { measureColdStart } from './cold-start.ts';
import { countMeasures, countPolls } from './counts.ts';
import { measureFleet } from './fleet.ts';
import { describeMachine, judge, type Measure, type Report, reportTable } from './report.ts';
import { type BenchOptions, measureMemory, measureTimes } from './single-integration.ts';

const GROUPS = ['counts', 'cold-start', 'time', 'memory', 'fleet'] as const;
const USAGE = `npm run bench -- [--only GROUP,...] [--rounds N] [--records N] [--json]

Prints each measure with its limit. All measures take about half an hour on two idle cores.

  --only GROUP,...   some of ${GROUPS.join(', ')} (default: all)
  --rounds N         how often each time is measured (default: 3)
  --records N        how many records the polled integration has (default: 100000); memory is measured with ten times as many
  --json             print the report as JSON

The table is in a native DynamoDB engine if @dynoxide/linux-x64 is installed, otherwise in an embedded engine, which is five
times slower.`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: GROUPS.join(',') },
    rounds: { type: 'string', default: '3' },
    records: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else await bench();

async function bench(): Promise<void> {
  const only = values.only.split(',');
  const options: BenchOptions = {
    engine: nativeDynamoDb() === null ? 'embedded' : 'native',
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
  if (only.includes('cold-start')) measures.push(measureColdStart());
  if (only.includes('time')) measures.push(...(await measureTimes(options)));
  if (only.includes('memory')) measures.push(...(await measureMemory(options)));
  if (only.includes('fleet')) measures.push(await measureFleet(options));

  const { engine, rounds, answerMs } = options;
  const report: Report = { machine, engine, rounds, answerMs, measures: measures.map(judge) };
  console.log(values.json ? JSON.stringify(report, null, 2) : reportTable(report));
}
