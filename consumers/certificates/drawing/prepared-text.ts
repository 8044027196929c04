import createBidi, { type EmbeddingLevels } from 'bidi-js';
import { canDraw, codePointsOf, type FontFile, type FontLibrary } from './font-library.ts';

/** A part with one font, script and direction, to be shaped together. Offsets are UTF-16 units. */
type Piece = { start: number; end: number; file: FontFile; level: number };

/**
 * A text with its fonts, and with its directions by the Unicode Bidirectional Algorithm. It ends with `…`,
 * which is drawn only when a line is shortened.
 */
export type PreparedText = {
  text: string;
  /** Without the `…` at the end. */
  length: number;
  levels: EmbeddingLevels;
  /** `text` with one UTF-16 unit per character, and the same directions: see `asOneUnit`. */
  inOneUnit: string;
  pieces: Piece[];
};

export type Direction = 'ltr' | 'rtl' | 'auto';

export const ELLIPSIS = '…';

/** More characters than a page has space for, even at the smallest font size. */
const MOST_CHARACTERS = 2_000;

const bidi = createBidi();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** These characters set the direction of a text. They are not drawn. */
const MARKS_OF_DIRECTION = /^[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]$/;
/** Scripts that share a font, but are shaped separately. */
const SCRIPTS = [/\p{Script=Latin}/u, /\p{Script=Greek}/u, /\p{Script=Cyrillic}/u];

/**
 * Composes the text (NFC). Control characters become spaces. Characters that override the order of letters
 * are removed; direction marks and isolates are kept.
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
 * Finds a font for each character.
 *
 * @param direction by default the direction of the text's first letter
 * @returns null if no font can draw one of the characters
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

/** Returns the pieces of a line from left to right. */
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

/** A character with one UTF-16 unit for each bidirectional class. `NEUTRAL` is for all other classes. */
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
 * Replaces each character of two UTF-16 units by two one-unit characters of the same direction. `bidi-js`
 * looks at each unit alone, so it would treat a right-to-left script such as Adlam as left-to-right.
 */
function asOneUnit(text: string): string {
  return text.replaceAll(/[\u{10000}-\u{10ffff}]/gu, (character) =>
    (OF_CLASS[bidi.getBidiCharTypeName(character)] ?? NEUTRAL).repeat(2),
  );
}

export function isRightToLeft({ levels }: PreparedText): boolean {
  return (levels.paragraphs[0]?.level ?? 0) % 2 === 1;
}

/** Numbers, spaces and punctuation get the font of the letters before them, to be shaped together. */
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

/** Chinese, Japanese and Korean use the same code points, but draw them differently. */
function preferredFamilies(text: string): string[] {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return ['noto-serif-jp'];
  if (/\p{Script=Hangul}/u.test(text)) return ['noto-serif-kr'];
  return [];
}
