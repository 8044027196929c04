import type { Line, Paragraph } from './paragraph.ts';
import { UNITS_PER_EM } from './typeface.ts';

/** `size` is the font size in points at which the lines fit. */
export type FittedText = { paragraph: Paragraph; size: number; lines: Line[] };

export type Fit = { width: number; height: number; lines: number; largest: number; smallest: number };

/** The distance from one baseline to the next, divided by the font size. */
export const LEADING = 1.35;

const words = new Intl.Segmenter('und', { granularity: 'word' });
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Uses the largest size at which the text fits. Lines break between words, in any script, and within a word
 * that is wider than a line. A text that is too long at the smallest size is cut and ends with an ellipsis.
 */
export function fitText(paragraph: Paragraph, fit: Fit): FittedText {
  for (let size = fit.largest; size > fit.smallest; size -= 1) {
    const width = (fit.width / size) * UNITS_PER_EM;
    const lines = wrap(paragraph, width, fit.lines);
    const isLow = lines.length * size * LEADING <= fit.height;
    if (isLow && lines.length <= fit.lines) {
      return { paragraph, size, lines: balance(paragraph, lines, width) };
    }
  }
  const width = (fit.width / fit.smallest) * UNITS_PER_EM;
  const lines = shorten(paragraph, wrap(paragraph, width, fit.lines), fit.lines, width);
  return { paragraph, size: fit.smallest, lines };
}

/** Lines after the first `most` + 1 may be missing, because the text is too long anyway. */
function wrap(paragraph: Paragraph, width: number, most: number): Line[] {
  const { text } = paragraph;
  const fits = (start: number, end: number) => paragraph.measure(trimmed(paragraph, start, end)) <= width;
  const lines: Line[] = [];
  let start = 0;
  let end = 0;
  for (const wordEnd of wordEnds(text)) {
    const ends = fits(end, wordEnd) ? [wordEnd] : graphemeEnds(text, end, wordEnd);
    for (const next of ends) {
      if (lines.length > most) return lines;
      if (end > start && !fits(start, next)) {
        lines.push(trimmed(paragraph, start, end));
        start = end;
      }
      end = next;
    }
  }
  return [...lines, trimmed(paragraph, start, end)].filter((line) => line.end > line.start);
}

/** Returns the offsets where a line may end: after a space, and after a word with its punctuation. */
function wordEnds(text: string): number[] {
  const ends: number[] = [];
  let isOpen = false;
  for (const { segment, index, isWordLike } of words.segment(text)) {
    const isPunctuation = isWordLike !== true && segment.trim() !== '';
    const opens = /^[\p{Ps}\p{Pi}]$/u.test(segment);
    const last = text.slice(ends.at(-2) ?? 0, index);
    if (isPunctuation && !opens && last.trim() === '') ends.pop();
    if (isOpen || (isPunctuation && !opens)) ends.pop();
    ends.push(index + segment.length);
    isOpen = opens;
  }
  return ends;
}

function graphemeEnds(text: string, start: number, end: number): number[] {
  return [...graphemes.segment(text.slice(start, end))].map(
    ({ segment, index }) => start + index + segment.length,
  );
}

/** Makes the lines similar in length: a last line of only one word would look like a mistake. */
function balance(paragraph: Paragraph, lines: Line[], width: number): Line[] {
  let best = lines;
  for (let narrower = 0.95; narrower > 0.4; narrower -= 0.05) {
    const attempt = wrap(paragraph, width * narrower, lines.length);
    if (attempt.length > lines.length) return best;
    best = attempt;
  }
  return best;
}

function shorten(paragraph: Paragraph, lines: Line[], most: number, width: number): Line[] {
  const last = lines[most - 1];
  if (lines.length <= most || last === undefined) return lines;
  const shortened = graphemeEnds(paragraph.text, last.start, last.end)
    .toReversed()
    .map((end) => ({ ...trimmed(paragraph, last.start, end), isShortened: true }))
    .find((line) => paragraph.measure(line) <= width);
  return [...lines.slice(0, most - 1), shortened ?? { ...last, end: last.start, isShortened: true }];
}

function trimmed({ text }: Paragraph, start: number, end: number): Line {
  const line = text.slice(start, end);
  return {
    start: start + line.length - line.trimStart().length,
    end: end - line.length + line.trimEnd().length,
    isShortened: false,
  };
}
