import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Blob, Face } from 'harfbuzzjs';
import subsetFont from 'subset-font';
import * as z from 'zod/mini';

/** The first and the last code point belong to the range. */
type CodePointRanges = [first: number, last: number][];

/** Parses ranges in the format of CSS, such as `U+0460-052F,U+20B4`. */
function parseRanges(text: string): CodePointRanges {
  return text.split(',').map((range) => {
    const [first = '', last = first] = range.trim().replace(/^U\+/i, '').split('-');
    return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
  });
}

function includes(ranges: CodePointRanges, point: number): boolean {
  return ranges.some(([first, last]) => point >= first && point <= last);
}

export type FontFile = { name: string; font: Buffer; codePoints: ReadonlySet<number> };

export type FontLibrary = {
  /** Tries the `preferred` families first. Returns null if no font has every character of the grapheme. */
  find(grapheme: string, preferred: readonly string[]): Promise<FontFile | null>;
};

/**
 * Families with one complete file per weight. The first has Latin, Greek, Cyrillic and all their combining
 * marks, because a mark must come from the same font as its letter.
 */
const WHOLE = [
  'noto-serif/400Regular/NotoSerif_400Regular',
  'noto-sans-adlam/400Regular/NotoSansAdlam_400Regular',
  'noto-sans-canadian-aboriginal/400Regular/NotoSansCanadianAboriginal_400Regular',
  'noto-sans-chakma/400Regular/NotoSansChakma_400Regular',
  'noto-sans-cherokee/400Regular/NotoSansCherokee_400Regular',
  'noto-sans-myanmar/400Regular/NotoSansMyanmar_400Regular',
  'noto-sans-nko/400Regular/NotoSansNKo_400Regular',
  'noto-sans-ol-chiki/400Regular/NotoSansOlChiki_400Regular',
  'noto-sans-oriya/400Regular/NotoSansOriya_400Regular',
  'noto-sans-syriac/400Regular/NotoSansSyriac_400Regular',
  'noto-sans-tifinagh/400Regular/NotoSansTifinagh_400Regular',
  'noto-sans-vai/400Regular/NotoSansVai_400Regular',
  'noto-sans-yi/400Regular/NotoSansYi_400Regular',
  'noto-serif-tibetan/400Regular/NotoSerifTibetan_400Regular',
] as const;

/** Families with several compressed files of variable weight, each with other code points. */
const SPLIT = [
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

const REGULAR = { wght: 400 };

/** `ranges` are the code points that the file may have; null for any. */
type Candidate = { family: string; path: string; ranges: CodePointRanges | null };

const UnicodeRanges = z.record(z.string(), z.string());

/**
 * The directory has the structure of `node_modules`. A file is read when a character needs it.
 *
 * @throws Error when the directory has no fonts
 */
export function openFonts(directory: string): FontLibrary {
  const candidates = [
    ...WHOLE.slice(0, 1).map(wholeFamily),
    ...SPLIT.flatMap((family) => splitFamily(directory, family)),
    ...WHOLE.slice(1).map(wholeFamily),
  ].filter(({ path }) => existsSync(join(directory, path)));
  // Without fonts no name can be drawn. A certificate without a name would be stored and never replaced.
  if (candidates.length === 0) throw new Error(`There are no fonts in ${directory}`);
  const files = new Map<string, Promise<FontFile>>();

  const open = (path: string): Promise<FontFile> => {
    const file = files.get(path) ?? readFont(directory, path);
    files.set(path, file);
    return file;
  };
  const orders = new Map<string, Candidate[]>();
  const inOrder = (preferred: readonly string[]): Candidate[] => {
    const key = preferred.join();
    const order = orders.get(key) ?? [
      ...candidates.filter(({ family }) => preferred.includes(family)),
      ...candidates.filter(({ family }) => !preferred.includes(family)),
    ];
    orders.set(key, order);
    return order;
  };
  return {
    async find(grapheme, preferred) {
      const points = codePointsOf(grapheme);
      for (const { path, ranges } of inOrder(preferred)) {
        if (ranges !== null && !includes(ranges, points[0] ?? 0)) continue;
        const file = await open(path);
        if (canDraw(file, points)) return file;
      }
      return null;
    },
  };
}

/** A font may have a letter and its marks separately. Invisible characters (joiners) need no glyph. */
export function canDraw({ codePoints }: FontFile, points: number[]): boolean {
  return points.every((point) => {
    const character = String.fromCodePoint(point);
    return (
      codePoints.has(point) ||
      /\p{Default_Ignorable_Code_Point}/u.test(character) ||
      codePointsOf(character.normalize('NFD')).every((part) => codePoints.has(part))
    );
  });
}

export function codePointsOf(text: string): number[] {
  return [...text].map((character) => character.codePointAt(0) ?? 0);
}

function wholeFamily(file: (typeof WHOLE)[number]): Candidate {
  return { family: file.split('/')[0] ?? file, path: `@expo-google-fonts/${file}.ttf`, ranges: null };
}

function splitFamily(directory: string, family: (typeof SPLIT)[number]): Candidate[] {
  const folder = `@fontsource-variable/${family}`;
  const file = join(directory, folder, 'unicode.json');
  if (!existsSync(file)) return [];
  return Object.entries(UnicodeRanges.parse(JSON.parse(readFileSync(file, 'utf8')))).map(([key, text]) => ({
    family,
    path: `${folder}/files/${family}-${key.replace(/[[\]]/g, '')}-wght-normal.woff2`,
    ranges: parseRanges(text),
  }));
}

async function readFont(directory: string, path: string): Promise<FontFile> {
  const bytes = readFileSync(join(directory, path));
  const font = path.endsWith('.ttf')
    ? bytes
    : await subsetFont(bytes, undefined, {
        targetFormat: 'sfnt',
        keepAllGlyphs: true,
        variationAxes: REGULAR,
      });
  return { name: path, font, codePoints: new Set(new Face(new Blob(font)).collectUnicodes()) };
}
