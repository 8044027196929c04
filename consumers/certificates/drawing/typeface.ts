import { Blob, Buffer, Direction, Face, Font, shape } from 'harfbuzzjs';
import subsetFont from 'subset-font';
import type { FontFile } from './font-library.ts';
import type { PreparedText } from './prepared-text.ts';

/** As in PDF, all glyph measures are in thousandths of the font size. */
export const UNITS_PER_EM = 1000;

/**
 * Characters that the shaper may insert: a space, the dotted circle that replaces the missing letter of a
 * mark, and the first half of Khmer vowels that have two halves.
 */
const INSERTED = ' \u25cc\u17c1';

/** A font with only the glyphs that the texts of one document need. */
export type Typeface = { bytes: Uint8Array; font: Font };

export type Glyph = { id: number; advance: number; x: number; y: number };

/** Glyphs that together represent a text, such as a letter with its marks, from left to right. */
export type Cluster = { text: string; glyphs: Glyph[]; isRightToLeft: boolean };

/** Returns the width in thousandths of the font size. */
export function widthOf(clusters: Cluster[]): number {
  return clusters.flatMap(({ glyphs }) => glyphs).reduce((sum, { advance }) => sum + advance, 0);
}

export async function createTypefaces(texts: PreparedText[]): Promise<Map<FontFile, Typeface>> {
  const needed = new Map<FontFile, string>();
  for (const { text, pieces } of texts) {
    for (const { file, start, end } of pieces) {
      needed.set(file, (needed.get(file) ?? INSERTED) + text.slice(start, end));
    }
  }
  const typefaces = new Map<FontFile, Typeface>();
  for (const [file, text] of needed) {
    // The shaper divides some letters, such as letters with accents, and Thai and Lao vowels with two parts.
    // The typeface must also contain the glyphs of these parts.
    const parts = text.normalize('NFD') + text.normalize('NFKD');
    const bytes = await subsetFont(file.font, text + parts, { targetFormat: 'sfnt' });
    const font = new Font(new Face(new Blob(bytes)));
    font.setScale(UNITS_PER_EM, UNITS_PER_EM);
    typefaces.set(file, { bytes, font });
  }
  return typefaces;
}

/**
 * One buffer for all texts: HarfBuzz frees an object only after a garbage collection and a turn of the event
 * loop, so a long loop with an object for each text would fill WebAssembly's memory.
 */
const buffer = new Buffer();

/**
 * Returns the clusters of a range. The letters before and after the range affect them. An odd `level` means
 * right to left.
 *
 * @throws Error when HarfBuzz returns no glyphs, for example because its memory is full
 */
export function shapeRange(
  { font }: Typeface,
  text: string,
  { start, end, level }: { start: number; end: number; level: number },
): Cluster[] {
  buffer.reset();
  buffer.addText(text, start, end - start);
  buffer.setDirection(level % 2 === 1 ? Direction.RTL : Direction.LTR);
  buffer.guessSegmentProperties();
  shape(font, buffer);
  const glyphs = buffer.getGlyphInfosAndPositions();
  if (glyphs.length === 0) throw new Error('HarfBuzz returned no glyphs for a text');
  const starts = [...new Set(glyphs.map(({ cluster }) => cluster))].toSorted((a, b) => a - b);
  const clusters = new Map<number, Cluster>();
  for (const { codepoint: id, cluster, xAdvance = 0, xOffset = 0, yOffset = 0 } of glyphs) {
    const next = starts[starts.indexOf(cluster) + 1] ?? end;
    const known = clusters.get(cluster) ?? {
      text: text.slice(cluster, next),
      glyphs: [],
      isRightToLeft: level % 2 === 1,
    };
    known.glyphs.push({ id, advance: xAdvance, x: xOffset, y: yOffset });
    clusters.set(cluster, known);
  }
  return [...clusters.values()];
}
