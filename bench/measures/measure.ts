/** One row of the benchmark: what was measured, beside its limit. */
export type Measure = {
  name: string;
  /** What it is measured beside, in the same run. */
  beside: string;
  unit: 's' | 'ms' | 'MB' | 'requests' | 'units' | 'bytes';
  /** One value a round. */
  values: number[];
  /** The limit's, one a round; empty where a row is a plain number. */
  limits: number[];
  /** The most that the ratio, or the plain number, may be. */
  atMost: number;
};

/** A measure with what people and programs compare. */
export type Judged = Measure & {
  median: number;
  limitMedian: number | null;
  /** The median of the rounds' ratios, which were measured one after the other; without a limit, the median itself. */
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

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
