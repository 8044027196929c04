import type { FontFile } from './font-library.ts';
import { ELLIPSIS, isRightToLeft, type PreparedText, visualOrder } from './prepared-text.ts';
import { type Cluster, shapeRange, type Typeface, widthOf } from './typeface.ts';

/** Clusters of one typeface, drawn from left to right. `start` is their offset in the text. */
export type Run = { typeface: Typeface; clusters: Cluster[]; start: number };

/** A range in UTF-16 units. A shortened line is drawn with `…` at its end. */
export type Line = { start: number; end: number; isShortened: boolean };

export type Paragraph = {
  text: string;
  /** Returns the width in thousandths of the font size. */
  measure(line: Line): number;
  /** Returns the runs from left to right. */
  runs(line: Line): Run[];
};

/** @throws Error when a font of the text is not among `typefaces` */
export function createParagraph(
  prepared: PreparedText,
  typefaces: ReadonlyMap<FontFile, Typeface>,
): Paragraph {
  const { text, length } = prepared;
  const widths = new Map<string, number>();

  const runsOf = (start: number, end: number): Run[] =>
    visualOrder(prepared, start, end).map((piece) => {
      const typeface = typefaces.get(piece.file);
      if (typeface === undefined) throw new Error(`${piece.file.name} is not among the typefaces`);
      return { typeface, clusters: shapeRange(typeface, text, piece), start: piece.start };
    });
  const runs = ({ start, end, isShortened }: Line): Run[] => {
    const line = runsOf(start, end);
    if (!isShortened) return line;
    const ellipsis = runsOf(length, length + ELLIPSIS.length);
    return isRightToLeft(prepared) ? [...ellipsis, ...line] : [...line, ...ellipsis];
  };
  return {
    text: text.slice(0, length),
    runs,
    measure(line) {
      const key = `${line.start}/${line.end}/${line.isShortened}`;
      const width = widths.get(key) ?? widthOf(runs(line).flatMap(({ clusters }) => clusters));
      widths.set(key, width);
      return width;
    },
  };
}
