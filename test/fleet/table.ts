import { parseArgs } from 'node:util';
import { conditions } from './conditions.ts';
import { orders, simulateWeek, type WeekResult } from './simulated-week.ts';

/**
 * Prints the results of simulated weeks: one row per kind of failure and number of integrations, with the
 * worst value of all orders and seeds. `npx node test/fleet/table.ts --members 1,2,10,100,500 --seeds 1
 * --days 7 --kinds 'the key'`. All rows take over an hour: 500 integrations have 336,000 runs a week.
 */
const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1,2,10' },
    seeds: { type: 'string', default: '1' },
    days: { type: 'string', default: '7' },
    kinds: { type: 'string', default: '' },
  },
});

console.log(
  '| failures | integrations | weeks | runs | longest wait, as sent | in reverse order | in random order | recovery | probes | wrong notices | missing notices |',
);
console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |');
for (const kind of Object.keys(conditions).filter((name) => name.includes(values.kinds))) {
  for (const members of values.members.split(',').map(Number)) {
    const weeks: (WeekResult & { order: string })[] = [];
    for (const order of orders) {
      for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
        weeks.push({
          order,
          ...(await simulateWeek({ members, kind, order, seed, days: Number(values.days) })),
        });
      }
    }
    const worst = (of: (week: WeekResult) => number, among = weeks) => Math.max(...among.map(of));
    const waits = orders.map((order) =>
      worst(
        ({ longestWait }) => longestWait,
        weeks.filter((week) => week.order === order),
      ).toFixed(2),
    );
    const cells = [
      kind,
      members,
      weeks.length,
      weeks.reduce((sum, { runs }) => sum + runs, 0),
      ...waits,
      worst(({ longestRecovery }) => longestRecovery).toFixed(1),
      worst(({ probesPerInterval }) => probesPerInterval),
      worst(({ wrongNotices }) => wrongNotices),
      worst(({ missingNotices }) => missingNotices),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
