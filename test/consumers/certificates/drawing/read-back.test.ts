import { describe, expect, test } from 'vitest';
import { type PreparedText, prepareText } from '../../../../consumers/certificates/drawing/prepared-text.ts';
import { drawnPages, fonts } from './drawn-pages.ts';
import { everyLocale } from './locales.ts';
import { hasPdfToText, plain, readLines, visualOrderOfLine, visualOrderOfText } from './pdftotext.ts';

/**
 * One letter in `ONE_LETTER_IN` is drawn and read back by `pdftotext`. With 1, the tests also read the dates
 * of every month and of the locales of all regions.
 */
const ONE_LETTER_IN = Number(process.env['ONE_LETTER_IN'] ?? 150);
const isWhole = ONE_LETTER_IN === 1;
const MONTHS = isWhole ? [...Array(12).keys()] : [2];
const LOCALES = everyLocale({ withRegions: isWhole });

/** U+0300 to U+036F, the combining marks of the Latin, Greek and Cyrillic scripts. */
const MARKS = Array.from({ length: 112 }, (_, at) => String.fromCodePoint(0x300 + at));
const LETTERS_A_PDF = 20;
const LETTERS = [...Array(0x1f000).keys()]
  .map((point) => String.fromCodePoint(point))
  .filter((letter) => /\p{L}/u.test(letter))
  .filter((letter) => /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]/u.test(letter));

async function prepared(text: string, direction?: 'ltr' | 'rtl'): Promise<PreparedText> {
  const ready = await prepareText(text, fonts, direction);
  if (ready === null) throw new Error(`${text} cannot be drawn`);
  return ready;
}

describe.skipIf(!hasPdfToText)('certificate texts that pdftotext reads', () => {
  test.each(['ltr', 'rtl'] as const)(
    'pdftotext reads the long dates of all locales with the direction %s from a PDF as they were drawn',
    async (direction) => {
      const locales = LOCALES.filter((locale) => directionOf(locale) === direction);
      const dates = new Set(
        locales.flatMap((locale) => {
          const format = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
          return MONTHS.map((month) => format.format(Date.UTC(2026, month, 14)));
        }),
      );
      const texts = await Promise.all([...dates].map((date) => prepared(date, direction)));
      const read = readLines(await drawnPages(texts)).map(visualOrderOfLine);
      expect(read).toEqual([...dates].map((date) => visualOrderOfText(date, direction)));
      expect(locales.length).toBeGreaterThan(direction === 'ltr' ? 250 : 15);
    },
    600_000,
  );

  test('pdftotext reads Latin, Greek and Cyrillic letters with one or two combining marks from a PDF as they were drawn', async () => {
    const tried = LETTERS.filter((_, at) => at % ONE_LETTER_IN === 0);
    for (let at = 0; at < tried.length; at += LETTERS_A_PDF) {
      const lines: string[] = [];
      for (const letter of tried.slice(at, at + LETTERS_A_PDF)) {
        lines.push(...inLines(isInNoFont(letter) ? await drawable(marked(letter)) : marked(letter), 28));
      }
      if (lines.length === 0) continue;
      const read = readLines(await drawnPages(await Promise.all(lines.map((line) => prepared(line)))));
      expect(read.map((line) => plain(line).normalize('NFC'))).toEqual(lines);
    }
  }, 3_000_000);

  test('pdftotext reads the letters with combining marks of DIN 91379, a standard for names, from a PDF as they were drawn', async () => {
    const sequences =
      'A̋ C̀ C̄ C̆ C̈ C̕ C̣ C̦ C̨̆ D̂ F̀ F̄ G̀ H̄ H̦ H̱ J́ J̌ K̀ K̂ K̄ K̇ K̕ K̛ K̦ K͟H K͟h L̀ L̂ L̥ L̥̄ L̦ M̀ M̂ M̆ M̐ N̂ N̄ N̆ N̦ P̀ P̄ P̕ P̣ R̆ R̥ R̥̄ S̀ S̄ S̛̄ S̱ T̀ T̄ T̈ T̕ T̛ U̇ Z̀ Z̄ Z̆ Z̈ Z̧ a̋ c̀ c̄ c̆ c̈ c̕ c̣ c̦ c̨̆ d̂ f̀ f̄ g̀ h̄ h̦ j́ k̀ k̂ k̄ k̇ k̕ k̛ k̦ k͟h l̀ l̂ l̥ l̥̄ l̦ m̀ m̂ m̆ m̐ n̂ n̄ n̆ n̦ p̀ p̄ p̕ p̣ r̆ r̥ r̥̄ s̀ s̄ s̛̄ s̱ t̀ t̄ t̕ t̛ u̇ z̀ z̄ z̆ z̈ z̧ Ç̆ ç̆ Û̄ û̄ ß̄ ch̬';
    const lines = inLines(sequences.normalize('NFC').split(' '), 40);
    const read = readLines(await drawnPages(await Promise.all(lines.map((line) => prepared(line)))));
    expect(read.map((line) => plain(line).normalize('NFC'))).toEqual(lines);
  });

  test.each([
    ['ltr', 'Ada (محمد) Lovelace'],
    ['ltr', 'Zoë Müller-Ångström, 3 (B)'],
    ['ltr', 'Δημήτρης Ὀδυσσεύς · Юлия Ӂ Ѓ й Ђорђе'],
    ['ltr', 'नरेंद्र क्षत्रिय श्रीकृष्ण · কৃষ্ণেন্দু চট্টোপাধ্যায়'],
    ['ltr', 'சுப்பிரமணியன் லக்ஷ்மி · മലയാളം ക്ഷേത്രം · తెలుగు శ్రీ · ಕನ್ನಡ ಕ್ಷ'],
    ['ltr', 'ਪੰਜਾਬੀ ਸ੍ਰੀ · ગુજરાતી ક્ષ · ଓଡ଼ିଆ ଶ୍ରୀ · සිංහල ශ්‍රී'],
    ['ltr', 'วิไลลักษณ์ น้ำผึ้ง · ນ້ຳ · ព្រះរាជាណាចក្រ ស្រី ឡើង · မြန်မာ ကျော်'],
    ['ltr', '高橋さくら ガ行 · 欧阳娜娜 · 김민준'],
    ['ltr', 'བོད་ཡིག རྒྱལ · გიორგი · Արամ Հակոբ · አበበ · ᎠᎵ ᎦᏚ · ⵎⵓⵃⵎⵎⴷ'],
    ['rtl', 'ܝܘܚܢܢ ܒܪ ܙܥܒܝ · نستعلیق گچپژ'],
    ['rtl', 'ߓߌ߲ߠߊߥߎߟߋ߲'],
    ['rtl', 'محمد عبد الرحمن'],
    ['rtl', 'محمد (Ada) ١٤'],
    ['rtl', 'السلامة من الحرائق — المستوى ١٢'],
    ['rtl', 'مُحَمَّد بن سَلْمان'],
    ['rtl', 'שָׁלוֹם (עולם) 12'],
    ['rtl', 'نرگس می‌خواهم'],
    ['rtl', '𞤀𞤣𞤤𞤢𞤥 𞥑𞥔'],
  ] as const)(
    'pdftotext reads a text with the direction %s from a PDF as it was drawn: %s',
    async (direction, text) => {
      // The PDF contains only this text, because pdftotext derives the direction of a page from most of its
      // letters.
      const read = readLines(
        await drawnPages(await Promise.all([text, text, text].map((line) => prepared(line)))),
      );
      expect(read.map((line) => visualOrderOfLine(line).normalize('NFC'))).toEqual(
        Array(3).fill(visualOrderOfText(text, direction).normalize('NFC')),
      );
    },
  );
});

/**
 * Returns a letter with each mark, and with each mark and a second mark. Together, the letters have all
 * combinations of two marks.
 */
function marked(letter: string): string[] {
  const distance = LETTERS.indexOf(letter);
  return MARKS.flatMap((mark, at) => [
    letter + mark,
    letter + mark + MARKS[(at + distance) % MARKS.length],
  ]).map((text) => text.normalize('NFC'));
}

async function drawable(texts: string[]): Promise<string[]> {
  const ready = await Promise.all(texts.map((text) => prepareText(text, fonts)));
  return texts.filter((_, at) => ready[at] !== null);
}

function directionOf(locale: string): string {
  return Object(new Intl.Locale(locale)).getTextInfo().direction;
}

/**
 * Returns whether no font contains both the letter and combining marks. Wide letters are only in the East
 * Asian fonts, which have no combining marks. Some letters of Unicode 15 to 17 are in no font.
 */
function isInNoFont(letter: string): boolean {
  return /[\uff00-\uffef\u1c89\u1c8a\ua7cb-\ua7cf\ua7d2\ua7d4\ua7da-\ua7dc\ua7f1\u{1df25}-\u{1df2a}\u{1e030}-\u{1e06d}]/u.test(
    letter,
  );
}

function inLines(words: string[], most: number): string[] {
  return Array.from({ length: Math.ceil(words.length / most) }, (_, at) =>
    words.slice(at * most, (at + 1) * most).join(' '),
  );
}
