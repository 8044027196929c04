import type { PathCommand } from 'fontkit';

type Point = { x: number; y: number; onCurve: boolean };

const ON_CURVE = 1;
const HEADER_BYTES = 10;

/**
 * An outline as a simple glyph of a TrueType font: its points as they are, without hints.
 * https://learn.microsoft.com/en-us/typography/opentype/spec/glyf
 */
export function simpleGlyph(commands: PathCommand[]): Uint8Array {
  const contours = contoursOf(commands);
  const points = contours.flat();
  if (points.length === 0) return new Uint8Array(0);

  const pointsAt = HEADER_BYTES + contours.length * 2 + 2;
  const length = pointsAt + points.length * 5;
  // Glyphs begin at multiples of four.
  const view = new DataView(new ArrayBuffer(Math.ceil(length / 4) * 4));
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  for (const [at, value] of [contours.length, ...box].entries()) view.setInt16(at * 2, value);

  let last = -1;
  contours.forEach((contour, at) => {
    last += contour.length;
    view.setUint16(HEADER_BYTES + at * 2, last);
  });
  points.forEach(({ x, y, onCurve }, at) => {
    const before = points[at - 1] ?? { x: 0, y: 0 };
    view.setUint8(pointsAt + at, onCurve ? ON_CURVE : 0);
    view.setInt16(pointsAt + points.length + at * 2, x - before.x);
    view.setInt16(pointsAt + points.length * 3 + at * 2, y - before.y);
  });
  return new Uint8Array(view.buffer);
}

function contoursOf(commands: PathCommand[]): Point[][] {
  const contours: Point[][] = [];
  for (const { command, args } of commands) {
    if (command === 'closePath') continue;
    if (command === 'moveTo') contours.push([]);
    for (let at = 0; at + 1 < args.length; at += 2) {
      const onCurve = command !== 'quadraticCurveTo' || at === 2;
      contours.at(-1)?.push({ x: Math.round(args[at] ?? 0), y: Math.round(args[at + 1] ?? 0), onCurve });
    }
  }
  return contours.filter((contour) => contour.length > 0);
}
