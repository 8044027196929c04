import stringWidth from 'string-width';
import { printable } from '../../functions/contract/printable-text.ts';
import { type Part, styled } from '../terminal/terminal-text.ts';

/** Spaces between two columns. */
export const GAP = 2;

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** `widths` include the gap after a column; longer cells are cut. Null means as wide as the longest cell. */
export function plainTable(head: string[], rows: Part[][], widths: (number | null)[] = []): Part[][] {
  const heads = head.length === 0 ? [] : [head.map((name) => styled('dim', name))];
  const cells = [...heads, ...rows].map((row) =>
    row.map((part, at) => withText(part, cut(printable(textOf(part)), (widths[at] ?? Infinity) - GAP))),
  );
  const columns = cells.reduce((most, row) => Math.max(most, row.length), 0);
  const sizes = Array.from(
    { length: columns },
    (_, at) =>
      widths[at] ?? GAP + cells.reduce((most, row) => Math.max(most, stringWidth(textOf(row[at] ?? ''))), 0),
  );
  return cells.map((row) => {
    const last = row.findLastIndex((part) => textOf(part) !== '');
    return row.slice(0, last + 1).flatMap((part, at) => {
      const space = at === last ? 0 : (sizes[at] ?? 0) - stringWidth(textOf(part));
      return [part, ' '.repeat(space)];
    });
  });
}

function textOf(part: Part): string {
  return typeof part === 'string' ? part : part.text;
}

function withText(part: Part, text: string): Part {
  return typeof part === 'string' ? text : { ...part, text };
}

/** A text that was cut ends with `…`. */
function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let taken = 1;
  for (const { segment, index } of graphemes.segment(text)) {
    taken += stringWidth(segment);
    if (taken > width) return `${text.slice(0, index)}…`;
  }
  return text;
}
