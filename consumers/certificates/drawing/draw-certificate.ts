import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import * as z from 'zod/mini';
import type { CertificateTexts } from '../certificates-environment.ts';
import { drawFrame, PAGE, rosette } from './draw-frame.ts';
import { type Fit, fitText } from './fit-text.ts';
import type { FontLibrary } from './font-library.ts';
import { createParagraph } from './paragraph.ts';
import { type Direction, inOneLine, type PreparedText, prepareText } from './prepared-text.ts';
import { createTextPainter } from './text-painter.ts';
import { createTypefaces } from './typeface.ts';

const TextInfo = z.object({ direction: z.enum(['ltr', 'rtl']) });

const INK = '#1d2b45';
const QUIET = '#4a5364';
const GOLD = '#8a6a28';
const CENTER = PAGE.width / 2;
const LEFT = 190;
const RIGHT = PAGE.width - LEFT;

/** PDFKit's types do not contain this option yet. */
const PDF_UA: object = { subset: 'PDF/UA' };

/** `undrawable` are the fields whose text no font can draw. A fallback text is drawn for each. */
export type Drawn = { pdf: Uint8Array; undrawable: ('learnerName' | 'courseTitle')[] };

type Block = { tag: 'H1' | 'P'; text: PreparedText; x: number; baseline: number; color: string; fit: Fit };

/**
 * Draws one landscape A4 page that contains its fonts, tagged for screen readers (PDF/UA-1). The same
 * certificate always gives the same bytes. If the fonts cannot draw every letter of the learner's name, the
 * learner's id is drawn instead. A text that is too long is cut.
 */
export async function drawCertificate(
  certificate: Certificate,
  texts: CertificateTexts,
  fonts: FontLibrary,
): Promise<Drawn> {
  const { number, code, completedAt } = certificate;
  const name = inOneLine(certificate.learnerName ?? '');
  const title = inOneLine(certificate.courseTitle ?? '');
  const learner = await firstDrawable([name, learnerNumber(certificate, texts), texts.noLearner], fonts);
  const course = await firstDrawable([title, withoutEmoji(title), texts.noCourse], fonts);
  const label = async (text: string) => (await firstDrawable([text, withoutEmoji(text)], fonts)).text;

  const big = { x: CENTER, color: INK };
  const small = { x: CENTER, color: QUIET, fit: line(15, 560) };
  const blocks: (Omit<Block, 'tag'> & { tag?: 'H1' })[] = [
    { text: await label(texts.issuer), baseline: 92, ...small },
    {
      tag: 'H1',
      text: await label(texts.heading),
      baseline: 132,
      x: CENTER,
      color: GOLD,
      fit: line(32, 600),
    },
    { text: await label(texts.before), baseline: 186, ...small },
    {
      text: learner.text,
      baseline: 254,
      ...big,
      fit: { width: 640, height: 80, lines: 2, largest: 44, smallest: 18 },
    },
    { text: await label(texts.between), baseline: 308, ...small },
    {
      text: course.text,
      baseline: 368,
      ...big,
      fit: { width: 640, height: 76, lines: 4, largest: 28, smallest: 12 },
    },
    { text: await label(texts.date), baseline: 502, x: LEFT, color: QUIET, fit: line(12, 190) },
    {
      text: (await firstDrawable(dateTexts(completedAt, texts), fonts, directionOf(texts.locale))).text,
      baseline: 478,
      x: LEFT,
      color: INK,
      fit: line(15, 190),
    },
    { text: await label(texts.number), baseline: 502, x: RIGHT, color: QUIET, fit: line(12, 190) },
    { text: await label(number), baseline: 478, x: RIGHT, color: INK, fit: line(15, 190) },
    { text: await label(`${texts.code}: ${isolated(code)}`), baseline: 545, ...small, fit: line(12, 400) },
  ];
  const pdf = await drawBlocks(
    blocks.filter(({ text }) => text.length > 0).map((block) => ({ tag: 'P', ...block })),
    { lang: texts.locale, title: `${texts.heading} ${number}`, createdAt: new Date(completedAt) },
  );
  return {
    pdf,
    undrawable: [
      ...(name !== '' && learner.at > 0 ? (['learnerName'] as const) : []),
      ...(title !== '' && course.at > 1 ? (['courseTitle'] as const) : []),
    ],
  };
}

async function drawBlocks(
  blocks: Block[],
  { lang, title, createdAt }: { lang: string; title: string; createdAt: Date },
): Promise<Uint8Array> {
  const typefaces = await createTypefaces(blocks.map(({ text }) => text));
  const document = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    // With an empty font name, PDFKit does not read any of its standard fonts.
    font: '',
    ...PDF_UA,
    pdfVersion: '1.7',
    tagged: true,
    lang,
    displayTitle: true,
    info: { Title: title, Creator: 'Schoolbell', CreationDate: createdAt },
  });
  const bytes = buffer(document);
  document.markContent('Artifact', { type: 'Layout' });
  drawFrame(document);
  rosette(document, CENTER, 478);
  document.endMarkedContent();

  const painter = createTextPainter(document);
  const root = document.struct('Document');
  document.addStructure(root);
  for (const { tag, text, fit, ...place } of blocks) {
    const fitted = fitText(createParagraph(text, typefaces), fit);
    root.add(document.struct(tag, { actual: fitted.paragraph.text }, () => painter.paint(fitted, place)));
  }
  root.end();
  painter.finish();
  document.end();
  return bytes;
}

function line(largest: number, width: number): Fit {
  return { width, height: 100, lines: 1, largest, smallest: 6 };
}

/**
 * Returns the first candidate that is not empty and can be drawn completely, with its index, or else an empty
 * text.
 */
async function firstDrawable(
  candidates: string[],
  fonts: FontLibrary,
  direction?: Direction,
): Promise<{ text: PreparedText; at: number }> {
  for (const [at, candidate] of [...candidates, ''].entries()) {
    if (candidate === '' && at < candidates.length) continue;
    const text = await prepareText(candidate, fonts, direction);
    if (text !== null) return { text, at };
  }
  throw new Error('The fonts cannot draw an ellipsis');
}

/** Returns the text that replaces the learner's name if there is none, or if it cannot be drawn. */
function learnerNumber(
  { learnerReference }: Certificate,
  { learnerNumber: label }: CertificateTexts,
): string {
  return learnerReference === null ? '' : `${label} ${isolated(inOneLine(learnerReference))}`;
}

/** The second text, in digits, is drawn if no font has the script of the locale's words. */
function dateTexts(instant: string, { locale, timeZone }: CertificateTexts): string[] {
  const date = new Date(instant);
  const inWords = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone });
  // The Swedish locale (`sv`) formats dates as in ISO 8601.
  const inNumbers = new Intl.DateTimeFormat('sv', { timeZone });
  return [inWords.format(date), inNumbers.format(date)];
}

/** Returns the direction of a date's text, which may begin with digits or Latin letters in any locale. */
function directionOf(locale: string): Direction {
  // TypeScript's types do not contain `getTextInfo` yet.
  const { direction } = TextInfo.parse(Object(new Intl.Locale(locale)).getTextInfo());
  return direction;
}

/** Unicode isolates make the direction of a text independent of the surrounding text. */
function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}

function withoutEmoji(text: string): string {
  return inOneLine(
    text.replaceAll(
      /(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|\u20e3|\ufe0f)\u200d?/gu,
      '',
    ),
  );
}

/** What is printed on a certificate. */
export type Certificate = {
  number: string;
  /** Together with the number, proves that a printed certificate was issued. */
  code: string;
  /** Null if Kombo has no name of the learner. */
  learnerName: string | null;
  /** The platform's id or, if it is not known, Kombo's id. Printed if there is no name. */
  learnerReference: string | null;
  /** Null if Kombo has no title. */
  courseTitle: string | null;
  /** ISO 8601. */
  completedAt: string;
};
