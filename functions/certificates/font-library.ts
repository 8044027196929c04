import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { create, type Font } from 'fontkit';
import * as z from 'zod/mini';
import { type CodePointRanges, includes, parseRanges } from './code-point-ranges.ts';
import { subsetByOutlines } from './outline-subset.ts';

/** A font that covers some code points. */
export type Face = {
  name: string;
  font: Font;
  /** How much its strokes have to be thickened to look like the others, as a share of the size. */
  thicken: number;
};

export type FontLibrary = {
  /** The face for what is read as one character, or null where no font has it. */
  faceFor(cluster: string, preferred: readonly string[]): Face | null;
};

/** In the order in which they are tried. A text with kana or hangul asks for its own before the Chinese one. */
export const FAMILIES = [
  'noto-serif',
  'noto-naskh-arabic',
  'noto-serif-hebrew',
  'noto-serif-sc',
  'noto-serif-jp',
  'noto-serif-kr',
  'noto-serif-devanagari',
  'noto-serif-bengali',
  'noto-serif-tamil',
  'noto-serif-telugu',
  'noto-serif-gujarati',
  'noto-serif-gurmukhi',
  'noto-serif-kannada',
  'noto-serif-malayalam',
  'noto-serif-sinhala',
  'noto-serif-thai',
  'noto-serif-lao',
  'noto-serif-khmer',
  'noto-serif-ethiopic',
  'noto-serif-georgian',
  'noto-serif-armenian',
] as const;

/**
 * The variable fonts are read at their default weight: regular, except that the East Asian ones begin at extra light.
 * fontkit cannot change the weight of a WOFF2 font, and the packages with single weights have 90 MB each.
 */
const EXTRA_LIGHT = new Set<string>(['noto-serif-sc', 'noto-serif-jp', 'noto-serif-kr']);

const UnicodeRanges = z.record(z.string(), z.string());

/**
 * The fonts of a directory that is laid out as `node_modules/@fontsource-variable` is: a family's subsets, each a file,
 * with the code points it covers in `unicode.json`. A file is read when a character first needs it.
 *
 * @throws Error when there are none
 */
export function openFonts(directory: string): FontLibrary {
  const subsets = new Map(FAMILIES.map((family) => [family as string, subsetsOf(directory, family)]));
  // Without fonts every text would be left out, and an empty certificate would be stored for good.
  if (subsets.get(FAMILIES[0])?.length === 0) throw new Error(`There are no fonts in ${directory}`);
  const faces = new Map<string, Face>();

  const open = (family: string, subset: string): Face => {
    const name = `${family}-${subset}`;
    const known = faces.get(name);
    if (known !== undefined) return known;
    const face = {
      name,
      font: readFont(directory, family, subset),
      thicken: EXTRA_LIGHT.has(family) ? 0.012 : 0,
    };
    faces.set(name, face);
    return face;
  };

  return {
    faceFor(cluster, preferred) {
      const codePoints = [...cluster].map((character) => character.codePointAt(0) ?? 0);
      const [base] = codePoints;
      if (base === undefined) return null;
      for (const family of new Set([...preferred, ...FAMILIES])) {
        for (const { subset, ranges } of subsets.get(family) ?? []) {
          if (!includes(ranges, base)) continue;
          const face = open(family, subset);
          if (codePoints.every((point) => isInvisible(point) || face.font.hasGlyphForCodePoint(point)))
            return face;
        }
      }
      return null;
    },
  };
}

function subsetsOf(directory: string, family: string): { subset: string; ranges: CodePointRanges }[] {
  const file = join(directory, family, 'unicode.json');
  if (!existsSync(file)) return [];
  return Object.entries(UnicodeRanges.parse(JSON.parse(readFileSync(file, 'utf8')))).map(([key, text]) => ({
    subset: key.replace(/[[\]]/g, ''),
    ranges: parseRanges(text),
  }));
}

function readFont(directory: string, family: string, subset: string): Font {
  const font = create(
    readFileSync(join(directory, family, 'files', `${family}-${subset}-wght-normal.woff2`)),
  );
  if ('fonts' in font) throw new Error(`${family} holds several fonts`);
  // All subsets of a family have one name, by which the PDF library would take them for the same font.
  Object.defineProperty(font, 'postscriptName', { value: `${family}-${subset}` });
  return subsetByOutlines(font);
}

/** Joiners and variation selectors shape what stands beside them and need no glyph of their own. */
function isInvisible(point: number): boolean {
  return point === 0x200c || point === 0x200d || (point >= 0xfe00 && point <= 0xfe0f);
}
