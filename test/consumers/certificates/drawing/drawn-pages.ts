import { join } from 'node:path';
import PDFDocument from 'pdfkit';
import { type FittedText, fitText } from '../../../../consumers/certificates/drawing/fit-text.ts';
import { openFonts } from '../../../../consumers/certificates/drawing/font-library.ts';
import { createParagraph } from '../../../../consumers/certificates/drawing/paragraph.ts';
import type { PreparedText } from '../../../../consumers/certificates/drawing/prepared-text.ts';
import { createTextPainter } from '../../../../consumers/certificates/drawing/text-painter.ts';
import { createTypefaces } from '../../../../consumers/certificates/drawing/typeface.ts';

export const fonts = openFonts(join(import.meta.dirname, '../../../../node_modules'));

const LINES_A_PAGE = 60;
const WIDTH = 1400;
const SPACING = 20;

/** Returns a PDF with many texts, one in each line, drawn in the same way as the texts of a certificate. */
export async function drawnPages(texts: PreparedText[]): Promise<Buffer> {
  // Waits until HarfBuzz has freed the memory of earlier documents, in the next iteration of the event loop.
  await new Promise((resolve) => setImmediate(resolve));
  const typefaces = await createTypefaces(texts);
  const size: [number, number] = [WIDTH, (LINES_A_PAGE + 1) * SPACING];
  const document = new PDFDocument({ size, margin: 0, font: '', autoFirstPage: false });
  const chunks: Buffer[] = [];
  document.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise((resolve) => document.on('end', resolve));
  const painter = createTextPainter(document);
  for (const [at, text] of texts.entries()) {
    if (at % LINES_A_PAGE === 0) document.addPage();
    const fit = { width: WIDTH, height: SPACING * 2, lines: 1, largest: 11, smallest: 4 };
    const baseline = ((at % LINES_A_PAGE) + 1) * SPACING;
    const fitted = fitText(createParagraph(text, typefaces), fit);
    refuseMissingGlyphs(fitted);
    painter.paint(fitted, { x: WIDTH / 2, baseline, color: 'black' });
  }
  painter.finish();
  document.end();
  await ended;
  return Buffer.concat(chunks);
}

/**
 * Throws an error if a glyph is missing. A missing glyph has the number 0 and is drawn as a box, although
 * programs could still read its text.
 */
function refuseMissingGlyphs({ paragraph, lines }: FittedText): void {
  const clusters = lines.flatMap((line) => paragraph.runs(line)).flatMap((run) => run.clusters);
  const missing = clusters.find(({ glyphs }) => glyphs.some(({ id }) => id === 0));
  if (missing !== undefined)
    throw new Error(`${missing.text} of ${paragraph.text} has a glyph that is missing`);
}
