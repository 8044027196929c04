import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printable } from '../../functions/contract/printable-text.ts';

type Style = Parameters<typeof styleText>[0];

/** A styled part of a line. */
export type Styled = { style: Style; text: string };
export type Part = string | Styled;

/** One line for people, without its line break. */
export type Line = string | readonly Part[];

export function styled(style: Style, text: string): Styled {
  return { style, text };
}

/**
 * Returns lines formatted for a terminal. All texts for people are formatted by this function. It makes control
 * characters in them visible, so that only Schoolbell's own styles and line breaks affect the terminal.
 */
export function terminalText(lines: readonly Line[]): string {
  return lines.map(lineText).join('\n');
}

function lineText(line: Line): string {
  const parts = typeof line === 'string' ? [line] : line;
  return parts
    .map((part) => (typeof part === 'string' ? printable(part) : styleText(part.style, printable(part.text))))
    .join('');
}

/**
 * Returns a text as lines of at most `width` columns, broken between words. A word that is longer than a line
 * is on a separate line.
 */
export function wrapped(text: string, width: number): string[] {
  return wrapAnsi(printable(text), width).split('\n');
}

/**
 * Breaks the lines of a text that are wider than the terminal. The rest of a broken line is indented by two
 * columns more than the line.
 */
export function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (stringWidth(line) <= columns ? line : hanging(line, columns)))
    .join('\n');
}

function hanging(line: string, columns: number): string {
  const indent = (/^ */.exec(stripVTControlCharacters(line))?.[0].length ?? 0) + 2;
  const [first = '', ...rest] = wrapAnsi(line, columns - indent, { trim: false }).split('\n');
  return [first, ...rest.map((part) => ' '.repeat(indent) + part.trimStart())]
    .map((part) => part.trimEnd())
    .join('\n');
}
