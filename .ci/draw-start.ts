import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { openFonts } from '../consumers/certificates/drawing/font-library.ts';
import { createParagraph } from '../consumers/certificates/drawing/paragraph.ts';
import { prepareText } from '../consumers/certificates/drawing/prepared-text.ts';
import { createTypefaces, UNITS_PER_EM } from '../consumers/certificates/drawing/typeface.ts';

const ESC = '\\u001b\\[';
const STYLE = new RegExp(`(${ESC}(?:\\d+)m)`);
const CODE = new RegExp(`^${ESC}(\\d+)m$`);
/** Escape sequences that move the cursor or erase text. */
const OTHER_SEQUENCES = new RegExp(`${ESC}[0-9;?]*[A-Zac-ln-z]`, 'g');
const ROOT = join(import.meta.dirname, '..');
const COLUMNS = 100;
const CELL = 8.43;
const LINE = 19;
const SIZE = 14;
/**
 * The font size of letters that are drawn as outlines. They are larger than other letters, because these
 * scripts have small letters, or letters that fill two columns.
 */
const OUTLINE_SIZE = 16;
const LEFT = 20;
const TOP = 62;

/**
 * The sections of the output that the picture shows. Each is identified by the beginning of its first line.
 */
const SECTIONS = [
  'Schoolbell:',
  'Three days',
  'Baseline',
  'Poll 1',
  'The platform fails',
  'Poll 8',
  'The platform works',
  'Poll 9',
  'Replay',
];

/**
 * Matches each part of a text. A part has either only characters that fonts for terminals have (Latin, Greek,
 * Cyrillic, punctuation, arrows and boxes), or only words without such characters.
 */
const IN_EVERY_FONT =
  /[\u0020-\u052f\u1e00-\u2bff]+|[^\u0020-\u052f\u1e00-\u2bff]+(?: +[^\u0020-\u052f\u1e00-\u2bff]+)*/g;

/** The colours of a dark terminal, by the parameter of their escape sequence. */
const COLOURS: Record<string, string> = {
  2: '#8b949e',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  35: '#d2a8ff',
  36: '#79c0ff',
};
const PLAIN = '#e6edf3';

/**
 * Writes `docs/images/dev.svg`: the output of `npm start` in a terminal of 100 columns. Runs on Linux,
 * because the command `script` provides the terminal. Scripts that a font for terminals may not have are
 * drawn as outlines, so that the picture is the same on every machine.
 */
const fonts = openFonts(join(ROOT, 'node_modules'));
const lines = excerpt(outputOfStart());
const drawn = await Promise.all(lines.map((line, at) => drawLine(line, TOP + at * LINE)));
const size = { width: Math.ceil(COLUMNS * CELL + 2 * LEFT), height: TOP + lines.length * LINE + 4 };
writeFileSync(
  join(ROOT, 'docs/images/dev.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" width="${size.width}" height="${size.height}" role="img" aria-label="npm start: polls come in, events go out">
<rect width="${size.width}" height="${size.height}" rx="10" fill="#0d1117"/>
<circle cx="22" cy="20" r="6" fill="#ff5f57"/><circle cx="42" cy="20" r="6" fill="#febc2e"/><circle cx="62" cy="20" r="6" fill="#28c840"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${SIZE}" xml:space="preserve">
${drawn.flat().join('\n')}
</g>
</svg>
`,
);

function outputOfStart(): string[] {
  const command = `stty cols ${COLUMNS} rows 50; node cli/main.ts dev --every 0`;
  const text = execFileSync('script', ['-qec', command, '/dev/null'], { cwd: ROOT, encoding: 'utf8' });
  return text
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.replaceAll(OTHER_SEQUENCES, ''))
    .filter((line) => !line.includes('until the next poll'));
}

/**
 * Returns the lines of the wanted sections, with an empty line between two sections, and `⋮` in place of
 * omitted sections.
 */
function excerpt(output: string[]): string[] {
  const shown: string[] = [];
  let isShown = false;
  for (const [at, line] of output.entries()) {
    const text = stripVTControlCharacters(line);
    const isHeading = at === 0 || (stripVTControlCharacters(output[at - 1] ?? '') === '' && /^\S/.test(text));
    if (text.trim() === '') continue;
    if (isHeading) {
      const wasShown = isShown;
      isShown = SECTIONS.some((section) => text.startsWith(section)) && !/^Poll 1\d/.test(text);
      if (isShown && shown.length > 0) shown.push('');
      if (wasShown && !isShown) shown.push('', '\u001b[2m⋮\u001b[22m');
    }
    if (isShown) shown.push(line);
  }
  return shown;
}

/** Returns the SVG elements of a line with its styles. */
async function drawLine(line: string, y: number): Promise<string[]> {
  const elements: string[] = [];
  let style = { fill: PLAIN, isBold: false };
  let column = 0;
  for (const part of line.split(STYLE)) {
    const code = CODE.exec(part)?.[1];
    if (code !== undefined) {
      style = { fill: COLOURS[code] ?? PLAIN, isBold: code === '1' };
      continue;
    }
    for (const [text] of part.split(/( {2,})/).flatMap((piece) => [...piece.matchAll(IN_EVERY_FONT)])) {
      const cells = stringWidth(text);
      const at = { x: LEFT + column * CELL, y, width: cells * CELL };
      const isOutlined = !/^[\u0020-\u052f\u1e00-\u2bff]/.test(text);
      if (text.trim() !== '')
        elements.push(isOutlined ? await outlines(text, at, style.fill) : letters(text, at, style));
      column += cells;
    }
  }
  return elements;
}

type Place = { x: number; y: number; width: number };

function letters(text: string, { x, y }: Place, { fill, isBold }: { fill: string; isBold: boolean }): string {
  const shown = text.trim();
  const start = x + (text.length - text.trimStart().length) * CELL;
  const weight = isBold ? ' font-weight="bold"' : '';
  const escaped = shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${start.toFixed(1)}" y="${y}"${weight} fill="${fill}" textLength="${(stringWidth(shown) * CELL).toFixed(1)}" lengthAdjust="spacingAndGlyphs">${escaped}</text>`;
}

/** Returns the outlines of a text's glyphs. A text that is wider than its columns is drawn narrower. */
async function outlines(text: string, { x, y, width }: Place, fill: string): Promise<string> {
  const prepared = await prepareText(text, fonts);
  if (prepared === null) throw new Error(`No font has all characters of ${text}`);
  const paragraph = createParagraph(prepared, await createTypefaces([prepared]));
  const whole = { start: 0, end: text.length, isShortened: false };
  const scale = Math.min(OUTLINE_SIZE / UNITS_PER_EM, width / paragraph.measure(whole));
  let pen = 0;
  const paths: string[] = [];
  for (const { typeface, clusters } of paragraph.runs(whole)) {
    for (const glyph of clusters.flatMap(({ glyphs }) => glyphs)) {
      const path = typeface.font.glyphToPath(glyph.id);
      if (path !== '') paths.push(`<path transform="translate(${pen + glyph.x} ${glyph.y})" d="${path}"/>`);
      pen += glyph.advance;
    }
  }
  return `<g fill="${fill}" transform="translate(${x.toFixed(1)} ${y}) scale(${scale.toFixed(5)} ${(-OUTLINE_SIZE / UNITS_PER_EM).toFixed(5)})">${paths.join('')}</g>`;
}
