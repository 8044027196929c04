import createBidi, { type EmbeddingLevels } from 'bidi-js';
import { canDraw, codePointsOf, type FontFile, type FontLibrary } from './font-library.ts';

/** A piece of a text that is shaped at once: one font, one script, one direction. Offsets are UTF-16 units. */
export type Piece = { start: number; end: number; file: FontFile; level: number };

/** A text with its fonts and its directions by the Unicode Bidirectional Algorithm. It ends with `…`, drawn if needed. */
export type PreparedText = {
  text: string;
  /** Without the `…`. */
  length: number;
  levels: EmbeddingLevels;
  /** A text with the same directions. */
  inOneUnit: string;
  pieces: Piece[];
};

export type Direction = 'ltr' | 'rtl' | 'auto';

export const ELLIPSIS = '…';

/** More than fits on a page at the smallest size. */
const MOST_CHARACTERS = 2_000;

const bidi = createBidi();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Characters that set the order of a text and are not drawn. */
const MARKS_OF_DIRECTION = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/;
/** Scripts that share a font. */
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u];

/**
 * A text of people in one line: composed, without controls, and without characters that override the order of its letters.
 * Marks and isolates, which only say where a direction begins and ends, are kept.
 */
export function inOneLine(text: string): string {
  const line = text
    .normalize('NFC')
    .replace(/[\u202a-\u202e\ufeff]/g, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= MOST_CHARACTERS ? line : [...line].slice(0, MOST_CHARACTERS).join('');
}

/**
 * Finds the font of each character.
 *
 * @param direction of the text as a whole; by default that of its first letter
 * @returns null where a character has no font: then the text cannot be drawn
 */
export async function prepareText(
  line: string,
  fonts: FontLibrary,
  direction: Direction = 'auto',
): Promise<PreparedText | null> {
  const text = line + ELLIPSIS;
  const inOneUnit = asOneUnit(text);
  const levels = bidi.getEmbeddingLevels(inOneUnit, direction);
  const preferred = preferredFamilies(line);
  const pieces: Piece[] = [];
  let script = -1;
  for (const { segment, index } of graphemes.segment(text)) {
    if (MARKS_OF_DIRECTION.test(segment)) continue;
    const last = pieces.at(-1);
    const file = await fileFor(segment, last?.file ?? null, fonts, preferred);
    if (file === null) return null;
    const own = SCRIPTS.findIndex((pattern) => pattern.test(segment));
    const isOther = own !== -1 && script !== -1 && own !== script;
    if (own !== -1) script = own;
    const level = levels.levels[index] ?? 0;
    const goesOn = last?.end === index && last.file === file && last.level === level && !isOther;
    if (goesOn && index < line.length) last.end += segment.length;
    else pieces.push({ start: index, end: index + segment.length, file, level });
  }
  return { text, length: line.length, levels, inOneUnit, pieces };
}

/** The offsets of the pieces of a line from left to right. */
export function visualOrder(
  { inOneUnit, levels, pieces }: PreparedText,
  start: number,
  end: number,
): Piece[] {
  if (end <= start) return [];
  const places = new Map(
    bidi
      .getReorderedIndices(inOneUnit, levels, start, end - 1)
      .map((index, place) => [index, place] as const),
  );
  return pieces
    .filter((piece) => piece.start < end && piece.end > start)
    .map((piece) => ({ ...piece, start: Math.max(piece.start, start), end: Math.min(piece.end, end) }))
    .toSorted((a, b) => (places.get(a.start) ?? 0) - (places.get(b.start) ?? 0));
}

/** A character of each class of the algorithm, in one UTF-16 unit. */
const OF_CLASS: Record<string, string> = {
  L: 'a',
  R: '\u05d0',
  AL: '\u0627',
  AN: '\u0660',
  EN: '0',
  NSM: '\u0300',
  BN: '\u00ad',
};
const NEUTRAL = '!';

/**
 * A text with the same directions and as many UTF-16 units, in which each unit is a character: the package looks at
 * units, and takes the halves of an Adlam letter for left-to-right.
 */
function asOneUnit(text: string): string {
  return text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, (character) =>
    (OF_CLASS[bidi.getBidiCharTypeName(character)] ?? NEUTRAL).repeat(2),
  );
}

/** Whether the text as a whole goes from right to left. */
export function isRightToLeft({ levels }: PreparedText): boolean {
  return (levels.paragraphs[0]?.level ?? 0) % 2 === 1;
}

/** Numbers, spaces and punctuation are drawn in the font of the letters before them, so that words stay together. */
async function fileFor(
  grapheme: string,
  last: FontFile | null,
  fonts: FontLibrary,
  preferred: readonly string[],
): Promise<FontFile | null> {
  const isNeutral = /^[\p{P}\p{Z}\p{N}]$/u.test(grapheme);
  if (isNeutral && last !== null && canDraw(last, codePointsOf(grapheme))) return last;
  return fonts.find(grapheme, preferred);
}

/** Chinese, Japanese and Korean share code points and draw them differently. */
function preferredFamilies(text: string): string[] {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return ['noto-serif-jp'];
  if (/\p{Script=Hangul}/u.test(text)) return ['noto-serif-kr'];
  return [];
}
