import PDFDocument from 'pdfkit';
import type { CertificateTexts } from '../contract/certificate-texts.ts';
import type { Certificate } from './certificate.ts';
import { drawFrame, PAGE, rosette } from './draw-frame.ts';
import { drawLines } from './draw-lines.ts';
import { type Fit, fitText } from './fit-text.ts';
import type { FontLibrary } from './font-library.ts';
import { printable } from './text-runs.ts';

const INK = '#1d2b45';
const QUIET = '#5d6677';
const GOLD = '#a8843a';
const CENTER = PAGE.width / 2;

/**
 * The certificate as a PDF: one landscape A4 page with all its fonts in it. The same certificate gives the same bytes.
 */
export async function drawCertificate(
  certificate: Certificate,
  texts: CertificateTexts,
  fonts: FontLibrary,
): Promise<Buffer> {
  const { number, code, completedAt } = certificate;
  const document = new PDFDocument({
    size: [PAGE.width, PAGE.height],
    margin: 0,
    // No other font than those of the library is read.
    font: '',
    lang: texts.locale,
    displayTitle: true,
    info: { Title: `${texts.heading} ${number}`, Creator: 'Schoolbell', CreationDate: new Date(completedAt) },
  });
  const bytes = collect(document);
  const put = (text: string, baseline: number, color: string, fit: Fit, x = CENTER) =>
    drawLines(document, fitText(printable(text, fonts), fonts, fit), { x, baseline, color });

  drawFrame(document);
  put(texts.heading.toLocaleUpperCase(texts.locale), 128, GOLD, line(30, 560));
  put(texts.before, 184, QUIET, line(14, 500));
  put(learnerOf(certificate, texts, fonts), 252, INK, {
    width: 640,
    height: 78,
    lines: 2,
    largest: 44,
    smallest: 18,
  });
  put(texts.between, 306, QUIET, line(14, 500));
  put(courseOf(certificate, texts, fonts), 366, INK, {
    width: 640,
    height: 74,
    lines: 4,
    largest: 28,
    smallest: 12,
  });

  rosette(document, CENTER, 478);
  put(dateOf(completedAt, texts.locale), 478, INK, line(13, 190), 190);
  put(texts.date, 498, QUIET, line(9, 190), 190);
  put(number, 478, INK, line(13, 190), PAGE.width - 190);
  put(texts.number, 498, QUIET, line(9, 190), PAGE.width - 190);
  put(`${texts.code}: ${code}`, 545, QUIET, line(8, 320));
  if (texts.issuer !== '') put(texts.issuer, 88, QUIET, line(13, 500));
  document.end();
  return bytes;
}

function line(largest: number, width: number): Fit {
  return { width, height: 100, lines: 1, largest, smallest: 6 };
}

/** The name; where there is none, or none that can be printed, what the learner is known by. */
function learnerOf(
  { learnerName, learnerReference }: Certificate,
  texts: CertificateTexts,
  fonts: FontLibrary,
): string {
  const name = printable(learnerName ?? '', fonts);
  if (name !== '') return name;
  return learnerReference === null ? texts.noLearner : `${texts.learnerNumber} ${learnerReference}`;
}

function courseOf({ courseTitle }: Certificate, texts: CertificateTexts, fonts: FontLibrary): string {
  const title = printable(courseTitle ?? '', fonts);
  return title === '' ? texts.noCourse : title;
}

function dateOf(instant: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(instant));
}

function collect(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
}
