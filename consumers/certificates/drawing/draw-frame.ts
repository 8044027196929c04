/** Landscape A4, in points. */
export const PAGE = { width: 841.89, height: 595.28 };

const NAVY = '#1d2b45';
const GOLD = '#a8843a';
const PAPER = '#fdfbf5';

export function drawFrame(document: PDFKit.PDFDocument): void {
  const { width, height } = PAGE;
  document.rect(0, 0, width, height).fill(PAPER);
  document
    .lineWidth(6)
    .strokeColor(NAVY)
    .rect(24, 24, width - 48, height - 48)
    .stroke();
  document
    .lineWidth(1)
    .strokeColor(GOLD)
    .rect(34, 34, width - 68, height - 68)
    .stroke();
  document
    .lineWidth(0.5)
    .rect(38, 38, width - 76, height - 76)
    .stroke();
  for (const [x, y] of [
    [38, 38],
    [width - 38, 38],
    [38, height - 38],
    [width - 38, height - 38],
  ] as const) {
    document.circle(x, y, 9).fillAndStroke(PAPER, GOLD);
    document.circle(x, y, 4).fill(GOLD);
  }
  document.lineWidth(0.7).strokeColor(GOLD);
  for (const [left, right, y] of [
    [width / 2 - 70, width / 2 + 70, 146],
    [95, 285, 484],
    [width - 285, width - 95, 484],
  ] as const) {
    document.moveTo(left, y).lineTo(right, y).stroke();
  }
}

/** Draws a seal of fine lines, as on banknotes, with a bell in its centre. */
export function rosette(document: PDFKit.PDFDocument, x: number, y: number): void {
  document.lineWidth(0.35).strokeColor(GOLD);
  for (const [radius, swing, petals] of [
    [30, 7, 12],
    [24, 6, 16],
    [17, 5, 12],
  ] as const) {
    for (const phase of [0, Math.PI]) {
      for (let step = 0; step <= 360; step += 2) {
        const angle = (step * Math.PI) / 180;
        const reach = radius + swing * Math.sin(petals * angle + phase);
        const point = [x + reach * Math.cos(angle), y + reach * Math.sin(angle)] as const;
        if (step === 0) document.moveTo(...point);
        else document.lineTo(...point);
      }
      document.closePath().stroke();
    }
  }
  document.circle(x, y, 10).fillAndStroke(PAPER, GOLD);
  // The bell.
  document.path(`M ${x - 5} ${y + 3} q 1.6 -1.6 1.6 -4.5 a 3.4 3.4 0 0 1 6.8 0 q 0 2.9 1.6 4.5 z`).fill(GOLD);
  document.circle(x, y + 4.6, 1.2).fill(GOLD);
}
