import { cpus, loadavg, totalmem } from 'node:os';

/** One row of the benchmark's report. */
export type Measure = {
  name: string;
  /** The other side of a comparison in the same run, such as `dlt with scd2 into DuckDB`; may be empty. */
  beside: string;
  unit: 's' | 'ms' | 'MB' | 'requests' | 'units' | 'bytes';
  /** One value per round. */
  values: number[];
  /** The values of the other side of the comparison, one per round; may be empty. */
  limits: number[];
  /** The largest allowed `result`. */
  atMost: number;
};

/** Returns a row without a comparison. */
export function plainMeasure(name: string, unit: Measure['unit'], values: number[], atMost: number): Measure {
  return { name, beside: '', unit, values, limits: [], atMost };
}

export type Judged = Measure & {
  median: number;
  limitMedian: number | null;
  /** The median of the ratios of `values` to `limits`. Without a comparison, the median of `values`. */
  result: number;
  spread: [number, number];
  holds: boolean;
};

export function judge(measure: Measure): Judged {
  const { values, limits, atMost } = measure;
  const results =
    limits.length === 0 ? values : values.map((value, round) => value / (limits[round] ?? Number.NaN));
  const result = median(results);
  return {
    ...measure,
    median: median(values),
    limitMedian: limits.length === 0 ? null : median(limits),
    result,
    spread: [Math.min(...results), Math.max(...results)],
    holds: result <= atMost,
  };
}

/** Returns NaN if there are no values. */
export function median(values: number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The result of a run of the benchmark, as `--json` prints it. */
export type Report = {
  machine: { processors: string; memoryGb: number; loadBefore: number; node: string };
  engine: string;
  rounds: number;
  responseMs: number;
  measures: Judged[];
};

/** Call it before the first measure, because it contains the load of the machine. */
export function describeMachine(): Report['machine'] {
  const [first, ...more] = cpus();
  return {
    processors: `${more.length + 1} × ${first?.model.trim() ?? 'unknown'}`,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
    node: process.version,
  };
}

/** Returns the report as a Markdown table. */
export function reportTable({ machine, engine, rounds, responseMs, measures }: Report): string {
  const rows = measures.map((measure) => {
    const { name, beside, unit, median, limitMedian, result, spread, atMost, holds } = measure;
    const text = (value: number) => (limitMedian === null ? amount(value, unit) : `${value.toFixed(2)} ×`);
    const range = spread[0] === spread[1] ? '' : ` (${text(spread[0])} to ${text(spread[1])})`;
    return [
      name,
      amount(median, unit),
      limitMedian === null ? '' : `${amount(limitMedian, unit)} (${beside})`,
      `**${text(result)}**${range}`,
      `${text(atMost)}${holds ? '' : ' — **missed**'}`,
    ];
  });
  const head = ['measure', 'median', 'compared with', 'result (spread)', 'limit'];
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  const { processors, memoryGb, node, loadBefore } = machine;
  const run = `${engine} engine, ${rounds} rounds, ${responseMs} ms per page unless a row says otherwise`;
  return [
    `${processors}, ${memoryGb} GB, Node ${node}, load ${loadBefore} at the start; ${run}.`,
    '',
    ...lines,
  ].join('\n');
}

function amount(value: number, unit: Measure['unit']): string {
  switch (unit) {
    case 's':
      return `${value.toFixed(1)} s`;
    case 'ms':
    case 'MB':
    case 'bytes':
      return `${value.toFixed(0)} ${unit}`;
    case 'requests':
      return String(value);
    case 'units':
      return value.toFixed(2);
  }
}
