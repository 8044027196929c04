import { parseArgs } from 'node:util';
import { nativeDynamoDb } from '../local/native-dynamodb.ts';
import { measureColdStart } from './cold-start.ts';
import { countMeasures, countPolls } from './counts.ts';
import { measurePeers } from './peers.ts';
import { describeMachine, judge, type Measure, type Report, reportTable } from './report.ts';
import {
  type BenchOptions,
  measureMemory,
  measureSizes,
  measureTimes,
  sizeTable,
} from './single-integration.ts';

const GROUPS = ['counts', 'cold-start', 'time', 'sizes', 'memory'] as const;
const USAGE = `npm run bench -- [--only GROUP,...] [--rounds N] [--records N] [--peers] [--json]

Prints each measure with its limit. All measures take about half an hour on two idle cores.

  --only GROUP,...   some of ${GROUPS.join(', ')} (default: all)
  --rounds N         how often each time is measured (default: 3)
  --records N        how many records the polled integration has (default: 100000); memory is measured with ten times as many
  --peers            also compare with airbyte-cdk and dlt; needs Python 3 and PyPI
  --json             print the report as JSON

The table is in a native DynamoDB engine if @dynoxide/linux-x64 is installed, otherwise in an embedded engine, which is five
times slower.`;

const NO_SIZES = { sizes: [], measures: [] };

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: GROUPS.join(',') },
    rounds: { type: 'string', default: '3' },
    records: { type: 'string', default: '100000' },
    peers: { type: 'boolean', default: false },
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
    responseMs: 100,
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
  const { sizes, measures: ofSizes } = only.includes('sizes') ? await measureSizes(options) : NO_SIZES;
  measures.push(...ofSizes);
  if (only.includes('memory')) measures.push(...(await measureMemory(options)));
  if (values.peers) measures.push(...(await measurePeers(options)));

  const { engine, rounds, responseMs } = options;
  const report: Report = { machine, engine, rounds, responseMs, measures: measures.map(judge) };
  if (values.json) console.log(JSON.stringify({ ...report, sizes }, null, 2));
  else console.log([reportTable(report), ...(sizes.length > 0 ? [sizeTable(sizes)] : [])].join('\n\n'));
}
