import { cpus, loadavg, totalmem } from 'node:os';
import type { Judged } from './measures/measure.ts';
import type { EngineName } from './processes/surroundings.ts';

/** A run of the benchmark, as `--json` prints it and `docs/benchmarks.md` keeps it. */
export type Report = {
  machine: { processors: string; memoryGb: number; loadBefore: number; node: string };
  engine: EngineName;
  rounds: number;
  answerMs: number;
  measures: Judged[];
};

/** What the machine is, and how busy it was. To be called before the first measure. */
export function describeMachine(): Report['machine'] {
  const [first, ...more] = cpus();
  return {
    processors: `${more.length + 1} × ${first?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
    node: process.version,
  };
}

/** The report as a table in Markdown. */
export function reportTable({ machine, engine, rounds, answerMs, measures }: Report): string {
  const rows = measures.map((measure) => {
    const { name, beside, unit, median, limitMedian, result, spread, atMost, holds } = measure;
    const isRatio = limitMedian !== null;
    const text = (value: number) => (isRatio ? `${value.toFixed(2)} ×` : amount(value, unit));
    const range = spread[0] === spread[1] ? '' : ` (${text(spread[0])} to ${text(spread[1])})`;
    return [
      name,
      amount(median, unit),
      limitMedian === null ? '' : `${amount(limitMedian, unit)} (${beside})`,
      `${isRatio ? `**${text(result)}**` : `**${amount(result, unit)}**`}${range}`,
      `${text(atMost)}${holds ? '' : ' — **missed**'}`,
    ];
  });
  const head = ['measure', 'median', 'compared with', 'result (spread)', 'limit'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [
    `${machine.processors}, ${machine.memoryGb} GB, Node ${machine.node}, load ${machine.loadBefore} at the beginning; ${engine} engine, ${rounds} rounds, ${answerMs} ms a page unless a row says otherwise.`,
    '',
    ...lines,
  ].join('\n');
}

function amount(value: number, unit: Judged['unit']): string {
  switch (unit) {
    case 's':
      return `${value.toFixed(1)} s`;
    case 'ms':
    case 'MB':
      return `${value.toFixed(0)} ${unit}`;
    case 'requests':
      return String(value);
    case 'units':
      return value.toFixed(2);
    case 'bytes':
      return `${value.toFixed(0)} bytes`;
  }
}
