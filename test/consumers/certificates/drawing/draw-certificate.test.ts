import { describe, expect, test } from 'vitest';
import { CertificateTexts } from '../../../../consumers/certificates/certificates-environment.ts';
import {
  type Certificate,
  drawCertificate,
} from '../../../../consumers/certificates/drawing/draw-certificate.ts';
import { fitText } from '../../../../consumers/certificates/drawing/fit-text.ts';
import { openFonts } from '../../../../consumers/certificates/drawing/font-library.ts';
import { createParagraph } from '../../../../consumers/certificates/drawing/paragraph.ts';
import { inOneLine, prepareText } from '../../../../consumers/certificates/drawing/prepared-text.ts';
import { createTypefaces } from '../../../../consumers/certificates/drawing/typeface.ts';
import { hostileTexts } from '../../../support/hostile-texts.ts';
import { fonts } from './drawn-pages.ts';
import { hasPdfToText, plain, readLines, visualOrderOfLine } from './pdftotext.ts';

const certificate: Certificate = {
  number: '2026-7Q4M-9XKD-20TC',
  code: 'K7QF-3M2W-9RTB',
  learnerName: 'Ada Lovelace',
  learnerReference: '32',
  courseTitle: 'Fire safety',
  completedAt: '2026-03-02T23:30:00.000Z',
};
const draw = (changes: Partial<Certificate> = {}, texts: object = {}) =>
  drawCertificate({ ...certificate, ...changes }, CertificateTexts.parse(texts), fonts);
const linesOf = async (changes: Partial<Certificate> = {}, texts: object = {}) =>
  readLines((await draw(changes, texts)).pdf).map(plain);

/** No installed font supports the Gunjala Gondi script. */
const UNDRAWABLE = '\u{11d60}\u{11d61}';

test('a certificate has the same bytes each time it is drawn', async () => {
  const { pdf } = await draw();
  expect(Buffer.from((await draw()).pdf).equals(pdf)).toBe(true);
});

test.skipIf(!hasPdfToText)(
  'a certificate contains the learner, the course, the date and the issuer',
  async () => {
    expect(await linesOf({}, { issuer: 'Northwind Academy' })).toEqual([
      'Northwind Academy',
      'Certificate of completion',
      'This is to certify that',
      'Ada Lovelace',
      'has successfully completed',
      'Fire safety',
      '2 March 2026 2026-7Q4M-9XKD-20TC',
      'Date of completion Certificate no.',
      'Verification code: K7QF-3M2W-9RTB',
    ]);
  },
);

test.skipIf(!hasPdfToText)(
  'a certificate has its date in the time zone and the locale of the settings',
  async () => {
    expect(await linesOf({}, { timeZone: 'Europe/Berlin', locale: 'de' })).toContain(
      '3. März 2026 2026-7Q4M-9XKD-20TC',
    );
  },
);

test.skipIf(!hasPdfToText)(
  'the date on a certificate in a right-to-left locale is drawn from right to left, even if it begins with Latin letters',
  async () => {
    const { pdf } = await draw({}, { locale: 'ps' });
    const [date = ''] = readLines(pdf).filter((line) => line.includes('2026-7Q4M'));
    expect(visualOrderOfLine(date)).toBe('۱۱ بک AP ۱۴۰۴ 2026-7Q4M-9XKD-20TC');
  },
);

test('the PDF of a certificate has tags for screen readers and states its language', async () => {
  const text = Buffer.from((await draw({}, { locale: 'pt-BR' })).pdf).toString('latin1');
  expect(text).toContain('<pdfuaid:part>1</pdfuaid:part>');
  expect(text).toMatch(/\/S \/H1/);
  expect(text).toContain('/Lang (pt-BR)');
  expect(text).toMatch(/\/ActualText \(Ada Lovelace\)/);
});

test.each(Object.entries(hostileTexts))(
  'a name or title with %s does not move the other lines of a certificate',
  async (_, text) => {
    const { pdf } = await draw({ learnerName: text, courseTitle: text, learnerReference: text });
    const file = Buffer.from(pdf).toString('latin1');
    expect(file).toMatch(/^%PDF-1\.7[\s\S]*%%EOF\s*$/);
    expect(file.match(/\/Type \/Page\b/g)).toHaveLength(1);
    for (const line of hasPdfToText ? readLines(pdf).map(plain) : []) expect(line).not.toMatch(/\p{Cc}/u);
    if (hasPdfToText) {
      expect(readLines(pdf).map(plain)).toEqual(
        expect.arrayContaining(['Certificate of completion', '2 March 2026 2026-7Q4M-9XKD-20TC']),
      );
    }
  },
);

test.each([
  ['no name and no title', { learnerName: null, courseTitle: null }],
  ['no name, no number and an empty title', { learnerName: ' ', learnerReference: null, courseTitle: '' }],
  ['a title of 10,000 characters', { courseTitle: 'lorem ipsum '.repeat(833) }],
])('a certificate is drawn with %s', async (_, changes) => {
  const { pdf, undrawable } = await draw(changes);
  expect(pdf.length).toBeGreaterThan(5_000);
  expect(undrawable).toEqual([]);
});

test('an error is thrown when the directory of fonts does not exist, so that no empty certificate is stored', () => {
  expect(() => openFonts('/nowhere')).toThrow('There are no fonts in /nowhere');
});

test.each([UNDRAWABLE, `Ada ${UNDRAWABLE}`, 'Ada 😀'])(
  "on a certificate, a name is replaced by the learner's id when no font has one of its characters: %s",
  async (name) => {
    const { undrawable, pdf } = await draw({ learnerName: name });
    expect(undrawable).toEqual(['learnerName']);
    if (!hasPdfToText) return;
    const lines = readLines(pdf).map(plain);
    expect(lines).toContain('Learner no. 32');
    expect(lines.join()).not.toContain('Ada');
  },
);

test.skipIf(!hasPdfToText)('the course title on a certificate is drawn without its emoji', async () => {
  expect((await draw({ courseTitle: '🔥 Fire safety 👩‍🚒' })).undrawable).toEqual([]);
  expect(await linesOf({ courseTitle: '🔥 Fire safety 👩‍🚒' })).toContain('Fire safety');
});

test('a course title is left out of a certificate when no font has one of its letters', async () => {
  expect((await draw({ courseTitle: `Fire ${UNDRAWABLE}` })).undrawable).toEqual(['courseTitle']);
});

test('a text on a certificate is normalised to one line in the Unicode form NFC without direction overrides', () => {
  expect(inOneLine('  Ada \u202e Love\tlace\n ')).toBe('Ada Love lace');
  expect(inOneLine('Nguyễn'.normalize('NFD'))).toBe('Nguyễn'.normalize('NFC'));
  expect(inOneLine('\u0000')).toBe('');
});

test.each([
  ['Ada Đặng', ['NotoSerif']],
  ['欧阳娜娜', ['noto-serif-sc']],
  ['高橋さくら', ['noto-serif-jp']],
  ['김민준', ['noto-serif-kr']],
  ['محمد (12)', ['noto-naskh-arabic', 'NotoSerif']],
  ['A\u030b', ['NotoSerif']],
])('a text on a certificate is drawn with the fonts of its scripts: %s', async (text, families) => {
  const prepared = await prepareText(text, fonts);
  const used = prepared?.pieces.slice(0, -1).map(({ file }) => file.name) ?? [];
  expect(used.length).toBeGreaterThan(0);
  for (const name of used) expect(families.some((family) => name.includes(family))).toBe(true);
});

describe('a long text', () => {
  const name = 'Maximiliana Wilhelmina Konstantinopolitanskaya-Featherstonehaugh of Upper Ashbury';
  const fit = { width: 640, height: 78, lines: 2, largest: 44, smallest: 18 };
  async function fitted(text: string) {
    const prepared = await prepareText(inOneLine(text), fonts);
    if (prepared === null) throw new Error('The text cannot be drawn');
    return fitText(createParagraph(prepared, await createTypefaces([prepared])), fit);
  }

  test('a long name on a certificate is drawn smaller and on two lines', async () => {
    const { lines, size, paragraph } = await fitted(name);
    expect(size).toBeLessThan(44);
    expect(lines.map(({ start, end }) => paragraph.text.slice(start, end))).toEqual([
      'Maximiliana Wilhelmina Konstantinopolitanskaya-',
      'Featherstonehaugh of Upper Ashbury',
    ]);
  });

  test.each(['x'.repeat(80), '欧'.repeat(80), `${name} `.repeat(50), 'ม'.repeat(200), 'محمد '.repeat(99)])(
    'a long text on a certificate is drawn on at most two lines that fit into its frame: %s',
    async (text) => {
      const { lines, size, paragraph } = await fitted(text);
      expect(lines.length).toBeLessThanOrEqual(2);
      for (const line of lines) expect(paragraph.measure(line) * size).toBeLessThanOrEqual(640_010);
    },
  );

  test('when a text on a certificate does not fit into two lines, the second line is shortened', async () => {
    const { lines } = await fitted('Fire safety '.repeat(100));
    expect(lines.map(({ isShortened }) => isShortened)).toEqual([false, true]);
  });
});
