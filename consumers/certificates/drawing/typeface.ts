import { Blob, Buffer, Direction, Face, Font, shape } from 'harfbuzzjs';
import subsetFont from 'subset-font';
import type { FontFile } from './font-library.ts';
import type { PreparedText } from './prepared-text.ts';

/** All measures of glyphs are in thousandths of the font size, as in PDF. */
export const UNITS_PER_EM = 1000;

/**
 * What the shaper may insert: a space; the circle for the missing letter of a mark; the first half of the Khmer vowels that
 * have two.
 */
const INSERTED = ' \u25cc\u17c1';

/** A font with the glyphs that the texts of one document need. */
export type Typeface = { bytes: Uint8Array; font: Font };

export type Glyph = { id: number; advance: number; x: number; y: number };

/** Glyphs that together stand for a text: a letter with its marks, a ligature. From left to right. */
export type Cluster = { text: string; glyphs: Glyph[]; isRightToLeft: boolean };

/** The typefaces of a document's texts, by font file. */
export async function createTypefaces(texts: PreparedText[]): Promise<Map<FontFile, Typeface>> {
  const needed = new Map<FontFile, string>();
  for (const { text, pieces } of texts) {
    for (const { file, start, end } of pieces) {
      needed.set(file, (needed.get(file) ?? INSERTED) + text.slice(start, end));
    }
  }
  const typefaces = new Map<FontFile, Typeface>();
  for (const [file, text] of needed) {
    // The shaper takes letters apart: accents, and Thai and Lao vowels of two parts.
    const parts = text.normalize('NFD') + text.normalize('NFKD');
    const bytes = await subsetFont(file.font, text + parts, { targetFormat: 'sfnt' });
    const font = new Font(new Face(new Blob(bytes)));
    font.setScale(UNITS_PER_EM, UNITS_PER_EM);
    typefaces.set(file, { bytes, font });
  }
  return typefaces;
}

/**
 * One buffer for all texts. The memory of an object of HarfBuzz is freed after the garbage collector has found the object and
 * the event loop has run: an object for each text would fill the memory of WebAssembly in a long loop.
 */
const buffer = new Buffer();

/**
 * Shapes a range of a text, which sees the letters around it.
 *
 * @throws Error when there is no glyph, as when the memory of HarfBuzz is full
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
  if (glyphs.length === 0) throw new Error('HarfBuzz has no glyphs for a text');
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
