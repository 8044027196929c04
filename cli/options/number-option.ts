import { InvalidArgumentError } from 'commander';

/** A parser for an option's value that is a number within bounds; a whole one unless said otherwise. */
export function parseNumber(bounds: {
  min: number;
  max?: number;
  whole?: boolean;
}): (text: string) => number {
  const { min, max = Number.POSITIVE_INFINITY, whole = true } = bounds;
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    const range = Number.isFinite(max) ? `from ${min} to ${max}` : `of at least ${min}`;
    throw new InvalidArgumentError(`Give a ${whole ? 'whole ' : ''}number ${range}.`);
  };
}
