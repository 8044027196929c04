import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawCertificate } from '../../../functions/certificates/draw-certificate.ts';
import { fitText } from '../../../functions/certificates/fit-text.ts';
import { openFonts } from '../../../functions/certificates/font-library.ts';
import { printable, visualRuns } from '../../../functions/certificates/text-runs.ts';
import { CertificateTexts } from '../../../functions/contract/certificate-texts.ts';

const fonts = openFonts(join(import.meta.dirname, '../../../node_modules/@fontsource-variable'));
const texts = CertificateTexts.parse({});
const certificate = {
  number: '2026-7Q4M-9XKD-20TC',
  code: 'K7QF-3M2W-9RTB',
  learnerName: 'Ada Lovelace',
  learnerReference: '32',
  courseTitle: 'Fire safety',
  completedAt: '2026-03-02T09:30:00.000Z',
};
const faces = (text: string) => visualRuns(text, fonts).map(({ text: run, face }) => `${face.name}: ${run}`);
const box = { width: 640, height: 78, lines: 2, largest: 44, smallest: 18 };

describe('names in any script', () => {
  test('are drawn with the fonts that have them', () => {
    expect(faces('Ada')).toEqual(['noto-serif-latin: Ada']);
    expect(faces('Đặng')).toEqual(['noto-serif-vietnamese: Đặ', 'noto-serif-latin: ng']);
    expect(faces('欧阳娜娜').every((run) => run.startsWith('noto-serif-sc'))).toBe(true);
    expect(faces('高橋さくら').every((run) => run.startsWith('noto-serif-jp'))).toBe(true);
    expect(faces('김민준').every((run) => run.startsWith('noto-serif-kr'))).toBe(true);
  });

  test('are ordered by direction: right to left as a whole, numbers within them left to right', () => {
    expect(faces('محمد 12')).toEqual(['noto-serif-latin: 12', 'noto-naskh-arabic-arabic: محمد ']);
    expect(faces('Ada محمد Bob')).toEqual([
      'noto-serif-latin: Ada ',
      'noto-naskh-arabic-arabic: محمد',
      'noto-naskh-arabic-arabic:  ',
      'noto-serif-latin: Bob',
    ]);
    expect(faces('(محمد)')).toEqual([
      'noto-serif-latin: (',
      'noto-naskh-arabic-arabic: محمد',
      'noto-serif-latin: )',
    ]);
  });

  test('lose nothing but what cannot be printed', () => {
    expect(printable('  Ada \u202e Love\tlace\n😀 ', fonts)).toBe('Ada Love lace');
    expect(printable('Nguyễn'.normalize('NFD'), fonts)).toBe('Nguyễn'.normalize('NFC'));
    expect(printable('\u0000', fonts)).toBe('');
  });
});

describe('long texts', () => {
  const name = 'Maximiliana Wilhelmina Konstantinopolitanskaya-Featherstonehaugh of Upper Ashbury';
  test('get smaller, then break between words, into lines of like lengths', () => {
    const { lines, size } = fitText(name, fonts, box);
    expect(size).toBeLessThan(44);
    expect(lines.map(({ runs }) => runs.map(({ text }) => text).join(''))).toEqual([
      'Maximiliana Wilhelmina Konstantinopolitanskaya-',
      'Featherstonehaugh of Upper Ashbury',
    ]);
  });

  test.each(['x'.repeat(80), '欧'.repeat(80), `${name} `.repeat(50), 'ม'.repeat(200), 'محمد '.repeat(99)])(
    'stay inside the frame: %s',
    (text) => {
      const { lines } = fitText(printable(text, fonts), fonts, box);
      expect(lines.length).toBeLessThanOrEqual(2);
      expect(lines.every(({ width }) => width <= 640.01)).toBe(true);
    },
  );

  test('that do not fit at all end with an ellipsis', () => {
    const { lines } = fitText('Fire safety '.repeat(100).trim(), fonts, box);
    expect(lines.at(-1)?.runs.at(-1)?.text).toMatch(/…$/);
  });
});

describe('the PDF', () => {
  test('is the same each time', async () => {
    const once = await drawCertificate(certificate, texts, fonts);
    expect(once.subarray(0, 5).toString()).toBe('%PDF-');
    expect((await drawCertificate(certificate, texts, fonts)).equals(once)).toBe(true);
  });

  test.each([
    ['no name and no title', { learnerName: null, courseTitle: null }],
    ['no name, no number and an empty title', { learnerName: ' ', learnerReference: null, courseTitle: '' }],
    ['a title of 10,000 characters', { courseTitle: 'lorem ipsum '.repeat(833) }],
    [
      'composed letters and ligatures',
      { learnerName: 'Zoë Müller-Ångström', courseTitle: 'Office effluents' },
    ],
  ])('is drawn with %s', async (_, changes) => {
    expect((await drawCertificate({ ...certificate, ...changes }, texts, fonts)).length).toBeGreaterThan(
      5_000,
    );
  });
});

test('without fonts nothing is drawn, rather than an empty certificate', () => {
  expect(() => openFonts('/nowhere')).toThrow('There are no fonts in /nowhere');
});
