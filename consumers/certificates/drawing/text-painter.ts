import { type EmbeddedTypeface, embedTypeface, glyphCode, utf16 } from './embedded-typeface.ts';
import { type FittedText, LEADING } from './fit-text.ts';
import type { Run } from './paragraph.ts';
import { type Cluster, type Glyph, type Typeface, UNITS_PER_EM, widthOf } from './typeface.ts';

type Place = { x: number; baseline: number; color: string };

/** The painter embeds the fonts, so that PDF viewers and screen readers can read, search and copy texts. */
export function createTextPainter(document: PDFKit.PDFDocument) {
  const embedded = new Map<Typeface, EmbeddedTypeface>();
  const embeddedFor = (typeface: Typeface) => {
    const known = embedded.get(typeface) ?? embedTypeface(document, typeface, `T${embedded.size}`);
    embedded.set(typeface, known);
    return known;
  };

  const paintRun = ({ typeface, clusters }: Run, x: number, y: number, size: number): void => {
    const face = embeddedFor(typeface);
    // PDFKit's y axis points down. The -1 in this matrix turns the letters upright.
    document.addContent(`BT /${face.nameOnPage()} ${size} Tf 1 0 0 -1 ${number(x)} ${number(y)} Tm`);
    for (const cluster of clusters) document.addContent(showCluster(cluster, face, typeface, size));
    document.addContent('ET');
  };

  return {
    /** Centres lines at `x`. Several lines are distributed evenly above and below the baseline. */
    paint({ paragraph, size, lines }: FittedText, { x: center, baseline, color }: Place): void {
      const first = baseline - ((lines.length - 1) * size * LEADING) / 2;
      document.fillColor(color);
      for (const [at, line] of lines.entries()) {
        let x = center - ((paragraph.measure(line) / UNITS_PER_EM) * size) / 2;
        const placed = paragraph.runs(line).map((run) => {
          const left = x;
          x += (widthOf(run.clusters) / UNITS_PER_EM) * size;
          return { run, left };
        });
        // Screen readers read a page in the order in which it is drawn, so runs are drawn in text order.
        for (const { run, left } of placed.toSorted((a, b) => a.run.start - b.run.start)) {
          paintRun(run, left, first + at * size * LEADING, size);
        }
      }
    },
    /** Writes the fonts to the document. Call it once, after all texts are drawn. */
    finish(): void {
      for (const face of embedded.values()) face.finish();
    },
  };
}

/** `at` is measured from the beginning of the cluster. */
type PlacedGlyph = Glyph & { at: number };

/**
 * Returns the PDF operators for a cluster's glyphs, with the cluster's text where a viewer could not derive
 * it. Marks are drawn last and with an empty text. Otherwise a viewer would use the position of a mark, which
 * is not that of its letter, as the position of the text.
 */
function showCluster(cluster: Cluster, face: EmbeddedTypeface, { font }: Typeface, size: number): string {
  const placed = placedGlyphs(cluster);
  const wide = placed.filter(({ advance }) => advance !== 0);
  const letters = wide.length > 0 ? wide : placed;
  const marks = wide.length > 0 ? placed.filter(({ advance }) => advance === 0) : [];
  const { isPlain } = face.use(cluster.text, letters, marks);

  let pen = 0;
  const moved = (to: number) => {
    // In the array of PDF's `TJ` operator, a positive number moves the next glyph to the left.
    const move = pen === to ? '' : `${number(pen - to)} `;
    pen = to;
    return move;
  };
  const show = (glyphs: PlacedGlyph[]) =>
    glyphs.map(({ id, at, y }) => {
      const shown = `[${moved(at)}<${glyphCode(id)}>] TJ`;
      pen += font.glyphHAdvance(id);
      return y === 0 ? shown : `${number((y / UNITS_PER_EM) * size)} Ts ${shown} 0 Ts`;
    });
  /**
   * Adds the text of combining marks without drawing them. A PDF viewer finds a text only where a glyph is
   * drawn, so this draws a space with a hundredth of its normal width.
   */
  const carry = (text: string) => {
    const space = font.nominalGlyph(0x20) ?? 0;
    pen += font.glyphHAdvance(space) / 100;
    return withText(text, [`1 Tz <${glyphCode(space)}> Tj 100 Tz`]);
  };
  const { base, combining } = splitMarks(cluster);
  const parts =
    combining === ''
      ? isPlain
        ? show(letters)
        : withText(cluster.text, show(letters))
      : [...carry(combining), ...withText(base, show(letters))];
  if (marks.length > 0) parts.push(...withText('', show(marks)));
  const end = moved(widthOf([cluster]));
  return [...parts, ...(end === '' ? [] : [`[${end}] TJ`])].join(' ');
}

/**
 * Splits a right-to-left text into its letters, and its marks in reverse order. Some PDF viewers reverse such
 * text character by character, so the marks of a letter must come before the letter.
 */
function splitMarks({ text, isRightToLeft }: Cluster): { base: string; combining: string } {
  const characters = [...text];
  const isMark = (character: string) => /\p{M}/u.test(character);
  if (!isRightToLeft || !characters.some(isMark)) return { base: text, combining: '' };
  return {
    base: characters.filter((character) => !isMark(character)).join(''),
    combining: characters.filter(isMark).toReversed().join(''),
  };
}

function placedGlyphs({ glyphs }: Cluster): PlacedGlyph[] {
  let pen = 0;
  return glyphs.map((glyph) => {
    const at = pen + glyph.x;
    pen += glyph.advance;
    return { ...glyph, at };
  });
}

function withText(text: string, shown: string[]): string[] {
  return [`/Span <</ActualText <${utf16(`\ufeff${text}`)}>>> BDC`, ...shown, 'EMC'];
}

/** Returns at most four decimal places. */
function number(value: number): string {
  return String(Math.round(value * 10_000) / 10_000);
}
