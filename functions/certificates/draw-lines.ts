import { type FittedText, LEADING, runWidth } from './fit-text.ts';

/**
 * Draws lines centred at `x`. A single line stands on the baseline; several are spread around it, so that the middle
 * of the block stays where it is.
 */
export function drawLines(
  document: PDFKit.PDFDocument,
  { size, lines }: FittedText,
  { x: center, baseline, color }: { x: number; baseline: number; color: string },
): void {
  const first = baseline - ((lines.length - 1) * size * LEADING) / 2;
  lines.forEach(({ runs, width }, at) => {
    let x = center - width / 2;
    for (const run of runs) {
      const { face } = run;
      document.registerFont(face.name, Object(face.font)).font(face.name).fontSize(size);
      document
        .fillColor(color)
        .strokeColor(color)
        .lineWidth(size * face.thicken);
      document.text(run.text, x, first + at * size * LEADING, {
        lineBreak: false,
        baseline: 'alphabetic',
        // With features, even none, the run is shaped as a whole; without, word by word from left to right.
        features: [],
        ...(face.thicken > 0 && { fill: true, stroke: true }),
      });
      x += runWidth(run) * size;
    }
  });
}
