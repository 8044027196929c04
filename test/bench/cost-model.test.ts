import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { costTable, limitTable, pollRequests, shortCostRows } from '../../bench/cost-model.ts';
import { openCountedSchool } from '../../bench/counted-school.ts';
import { HOUR_MS } from '../../bench/measured-process.ts';

it('the cost model has the same numbers of capacity units and requests as measured polls', async () => {
  await using school = await openCountedSchool('moodle:7C9M5sXAQx2cNMpVHLojrFpL', 40);
  const poll = async () => {
    school.clock.advance(HOUR_MS);
    const { readUnits, writeUnits, putEvents } = await school.poll();
    return { readUnits, writeUnits, putEvents };
  };
  await poll();
  expect(await poll()).toEqual(pollRequests({ records: 0, changes: 0 }));
  school.change(2);
  expect(await poll()).toEqual(pollRequests({ records: 20, changes: 20 }));
});

it.each(Object.entries({ costTable, limitTable }))(
  'docs/cost.md contains the table that `%s` creates',
  (_, made) => {
    expect(readFileSync('docs/cost.md', 'utf8')).toContain(made());
  },
);

it('the README has the costs that the cost model computes', () => {
  const rows = readFileSync('README.md', 'utf8').matchAll(/^\| +(\d+) \| +(\$[\d.]+) \| +(\$[\d.]+) \|$/gm);
  expect([...rows].map(([, ...cells]) => cells)).toEqual(shortCostRows());
});
