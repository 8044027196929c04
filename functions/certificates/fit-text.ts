import type { FontLibrary } from './font-library.ts';
import { type TextRun, visualRuns } from './text-runs.ts';

/** A text in lines, at a size at which they fit. */
export type FittedText = { size: number; lines: { runs: TextRun[]; width: number }[] };

export type Fit = { width: number; height: number; lines: number; largest: number; smallest: number };

/** From one baseline to the next, as a share of the size. */
export const LEADING = 1.35;

const words = new Intl.Segmenter('und', { granularity: 'word' });
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * The largest size at which a printable text fits into so many lines of a width; lines break between words, in any
 * script. What is too long even at the smallest size ends with an ellipsis.
 */
export function fitText(text: string, fonts: FontLibrary, fit: Fit): FittedText {
  const measure = measurer(fonts);
  for (let size = fit.largest; size > fit.smallest; size -= 1) {
    const lines = wrap(text, fit.width / size, measure);
    const isLow = lines.length * size * LEADING <= fit.height;
    if (isLow && lines.length <= fit.lines)
      return laidOut(balance(text, lines.length, fit.width / size, measure), size);
  }
  const lines = wrap(text, fit.width / fit.smallest, measure);
  return laidOut(shorten(lines, fit.lines, fit.width / fit.smallest, measure), fit.smallest);

  function laidOut(lines: string[], size: number): FittedText {
    return {
      size,
      lines: lines.map((line) => ({ runs: visualRuns(line, fonts), width: measure(line) * size })),
    };
  }
}

/** The width of a text at size 1. */
type Measure = (text: string) => number;

function measurer(fonts: FontLibrary): Measure {
  const known = new Map<string, number>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const width = visualRuns(text, fonts).reduce((sum, run) => sum + runWidth(run), 0);
    known.set(text, width);
    return width;
  };
}

/** The width of a run at size 1. */
export function runWidth({ text, face: { font } }: TextRun): number {
  return font.layout(text).advanceWidth / font.unitsPerEm;
}

function wrap(text: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces(text)) {
    for (const part of measure(piece.trim()) > width ? graphemesOf(piece) : [piece]) {
      if (line.trim() === '' || measure((line + part).trim()) <= width) line += part;
      else {
        lines.push(line.trim());
        line = part;
      }
    }
  }
  return line.trim() === '' ? lines : [...lines, line.trim()];
}

/** What must not be torn apart: words, each with the punctuation that follows it, also after a space. */
function pieces(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of words.segment(text)) {
    const isPunctuation = isWordLike !== true && segment.trim() !== '' && !/^[\p{Ps}\p{Pi}]$/u.test(segment);
    if (isPunctuation && found.at(-1)?.trim() === '') join(found, found.pop() ?? '');
    if (isPunctuation || /[\p{Ps}\p{Pi}]$/u.test(found.at(-1) ?? '')) join(found, segment);
    else found.push(segment);
  }
  return found;
}

function join(found: string[], segment: string): void {
  found.push((found.pop() ?? '') + segment);
}

/** As many lines, of lengths as even as can be: a last line of one word looks like a mistake. */
function balance(text: string, lines: number, width: number, measure: Measure): string[] {
  let best = wrap(text, width, measure);
  for (let narrower = 0.95; narrower > 0.4; narrower -= 0.05) {
    const attempt = wrap(text, width * narrower, measure);
    if (attempt.length > lines) return best;
    best = attempt;
  }
  return best;
}

function shorten(lines: string[], most: number, width: number, measure: Measure): string[] {
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  const last = graphemesOf(kept.pop() ?? '');
  while (last.length > 0 && measure(`${last.join('').trimEnd()}…`) > width) last.pop();
  return [...kept, `${last.join('').trimEnd()}…`];
}

function graphemesOf(text: string): string[] {
  return [...graphemes.segment(text)].map(({ segment }) => segment);
}
