import { spawnSync } from 'node:child_process';
import createBidi from 'bidi-js';

/**
 * Whether pdftotext is installed (the Debian package poppler-utils), which reads PDFs independently of our
 * code.
 */
export const hasPdfToText = spawnSync('pdftotext', ['-v']).error === undefined;

/** Returns the lines of a PDF as `pdftotext` reads them, without empty lines. */
export function readLines(pdf: Uint8Array): string[] {
  const { stdout, status, stderr } = spawnSync('pdftotext', ['-layout', '-', '-'], {
    input: pdf,
    maxBuffer: 2 ** 30,
  });
  if (status !== 0 || stderr.length > 0) throw new Error(`pdftotext: ${stderr.toString().slice(0, 500)}`);
  return stdout
    .toString()
    .split(/[\n\f]/)
    .filter((line) => line.trim() !== '');
}

/**
 * Returns the characters of a line from left to right. `pdftotext` writes text that it classifies as
 * right-to-left in reverse order between direction marks. This function restores the order from left to
 * right.
 */
export function visualOrderOfLine(line: string): string {
  const text = line.trim();
  const isRightToLeft = /^\u202b(?:[^\u202a\u202c]|\u202a[^\u202c]*\u202c)*\u202c$/.test(text);
  const pieces = isRightToLeft
    ? [...text.slice(1, -1).matchAll(/\u202a([^\u202c]*)\u202c|([^\u202a]+)/g)]
        .map(([, left, right = '']) => left ?? reversed(right))
        .toReversed()
    : [...text.matchAll(/\u202b([^\u202c]*)\u202c|([^\u202b]+)/g)].map(([, right, left = '']) =>
        right === undefined ? left : reversed(right),
      );
  return plain(pieces.join(''));
}

const bidi = createBidi();

/**
 * Returns the expected characters of a text from left to right, according to the Unicode Bidirectional
 * Algorithm for code points.
 */
export function visualOrderOfText(text: string, direction: 'ltr' | 'rtl' | 'auto'): string {
  const characters = [...text];
  // Each character of two UTF-16 units is replaced by a character of the same bidirectional class with one
  // unit, because the package works on UTF-16 units.
  const standIn = characters
    .map((character) => (character.length === 1 ? character : bidi.getBidiCharTypeName(character)))
    .map((character) => ({ R: '\u05d0', L: 'a', NSM: '\u0300' })[character] ?? character.slice(0, 1))
    .join('');
  const levels = bidi.getEmbeddingLevels(standIn, direction);
  const order = bidi.getReorderedIndices(standIn, levels, 0, standIn.length - 1);
  return plain(order.map((at) => characters[at]).join(''));
}

/** Returns the text without direction marks, and with single spaces. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function reversed(text: string): string {
  return [...text].toReversed().join('');
}
