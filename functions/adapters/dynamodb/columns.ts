import * as z from 'zod/mini';

/** A value of a table. */
export const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type Cell = z.infer<typeof Cell>;

/** The values of one column: as they are, or, where they repeat, the distinct ones and which stands where. */
export const Column = z.union([
  z.array(Cell),
  z.object({ values: z.array(Cell), at: z.array(z.int().check(z.nonnegative())) }),
]);
export type Column = z.infer<typeof Column>;

/** Rows of equal length turned into columns: like values stand together, which is what a compressor needs. */
export function columnsOf(rows: Cell[][]): Column[] {
  const first = rows[0] ?? [];
  return first.map((_, index) => columnOf(rows.map((row) => row[index] ?? null)));
}

/**
 * The rows again.
 *
 * @throws RangeError when the columns are not of one length
 */
export function rowsOf(columns: Column[]): Cell[][] {
  const all = columns.map(valuesOf);
  const height = all[0]?.length ?? 0;
  if (all.some((values) => values.length !== height)) throw new RangeError('The columns differ in length');
  return Array.from({ length: height }, (_, index) => all.map((values) => values[index] ?? null));
}

function columnOf(values: Cell[]): Column {
  const places = new Map<Cell, number>();
  const at: number[] = [];
  for (const value of values) {
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    at.push(place);
  }
  return places.size * 2 <= values.length ? { values: [...places.keys()], at } : values;
}

function valuesOf(column: Column): Cell[] {
  if (Array.isArray(column)) return column;
  return column.at.map((place) => {
    const value = column.values[place];
    if (value === undefined) throw new RangeError('A column refers to a value that it does not have');
    return value;
  });
}
