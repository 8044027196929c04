import createBidi from 'bidi-js';
import type { Face, FontLibrary } from './font-library.ts';

/** A piece of a line that is drawn at once: one font, one direction. */
export type TextRun = { text: string; face: Face };

const bidi = createBidi();
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * A text as it can be printed: composed, in one line, without controls and without what no font has.
 *
 * @returns empty when nothing is left
 */
export function printable(text: string, fonts: FontLibrary): string {
  const clean = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    // Marks of direction would be drawn as boxes, and the order of a name follows from its letters.
    .replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '');
  const preferred = preferredFamilies(clean);
  return [...graphemes.segment(clean)]
    .map(({ segment }) => segment)
    .filter((cluster) => fonts.faceFor(cluster, preferred) !== null)
    .join('')
    .replace(/ +/g, ' ')
    .trim();
}

/** The runs of one line from left to right, by the Unicode Bidirectional Algorithm. */
export function visualRuns(line: string, fonts: FontLibrary): TextRun[] {
  const { levels } = bidi.getEmbeddingLevels(line);
  const mirrored = bidi.getMirroredCharactersMap(line, levels);
  const preferred = preferredFamilies(line);
  const runs: { text: string; face: Face; level: number }[] = [];
  for (const { segment, index } of graphemes.segment(line)) {
    const level = levels[index] ?? 0;
    const last = runs.at(-1);
    const face = faceOf(segment, last?.face ?? null, fonts, preferred);
    if (face === null) continue;
    const text = mirrored.get(index) ?? segment;
    if (last !== undefined && last.level === level && last.face === face) last.text += text;
    else runs.push({ text, face, level });
  }
  return reorder(runs);
}

/** What stands between letters is drawn in their font, so that words are not torn apart. */
function faceOf(
  cluster: string,
  last: Face | null,
  fonts: FontLibrary,
  preferred: readonly string[],
): Face | null {
  const isNeutral = /^[\p{P}\p{Z}\p{N}]$/u.test(cluster);
  const point = cluster.codePointAt(0) ?? 0;
  if (isNeutral && last?.font.hasGlyphForCodePoint(point)) return last;
  return fonts.faceFor(cluster, preferred);
}

/** Rule L2: from the highest level down, what is at least at a level is reversed. Letters turn with their font. */
function reorder<Run extends { level: number }>(runs: Run[]): Run[] {
  const ordered = [...runs];
  const highest = Math.max(0, ...runs.map(({ level }) => level));
  for (let level = highest; level > 0; level -= 1) {
    for (let from = 0; from < ordered.length; from += 1) {
      let to = from;
      while ((ordered[to]?.level ?? -1) >= level) to += 1;
      if (to - from > 1) ordered.splice(from, to - from, ...ordered.slice(from, to).reverse());
      from = Math.max(from, to);
    }
  }
  return ordered;
}

/** Chinese, Japanese and Korean share code points and draw them differently. */
function preferredFamilies(text: string): string[] {
  if (/[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return ['noto-serif', 'noto-serif-jp'];
  if (/\p{Script=Hangul}/u.test(text)) return ['noto-serif', 'noto-serif-kr'];
  return [];
}
