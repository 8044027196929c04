import type { Spent } from '../processes/spent.ts';
import type { BenchOptions } from './bench-options.ts';
import type { Measure } from './measure.ts';
import { pollUnchanged } from './single-integration.ts';

/** A size, and what a poll of it spent. */
type Growth = { records: number; spent: Spent };

/** The share of the most records to compare with, and all of them. */
const SHARES = [10, 1];

/** The answer time of these polls: with the usual one the largest would take a quarter of an hour. */
const ANSWER_MS = 20;

/** Unchanged integrations of growing size, each polled in a process of its own. */
export async function growRecords(options: BenchOptions): Promise<Growth[]> {
  const most = options.records * 10;
  const growth: Growth[] = [];
  for (const share of SHARES) {
    const records = Math.round(most / share);
    growth.push({ records, spent: await pollUnchanged({ ...options, answerMs: ANSWER_MS }, records) });
  }
  return growth;
}

/** The rows about memory: the largest size beside a tenth of it, and by itself. */
export function memoryMeasures(growth: Growth[]): Measure[] {
  const largest = growth.at(-1);
  const tenth = growth.find(({ records }) => records * 10 === largest?.records);
  if (largest === undefined || tenth === undefined) throw new Error('the sizes are not there');
  const values = [largest.spent.peakMb];
  const many = largest.records.toLocaleString('en');
  return [
    {
      name: `peak memory at ${many} records, at ${ANSWER_MS} ms a page`,
      beside: `at ${tenth.records.toLocaleString('en')}`,
      unit: 'MB',
      values,
      limits: [tenth.spent.peakMb],
      atMost: 1.15,
    },
    {
      name: `peak memory at ${many} records, at ${ANSWER_MS} ms a page`,
      beside: '',
      unit: 'MB',
      values,
      limits: [],
      atMost: 200,
    },
  ];
}
