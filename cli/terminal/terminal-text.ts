import { styleText } from 'node:util';
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
