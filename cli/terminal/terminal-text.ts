import { styleText } from 'node:util';
import { printable } from '../../functions/contract/printable-text.ts';

type Style = Parameters<typeof styleText>[0];

/** A part of a line in a style of our own. */
export type Styled = { style: Style; text: string };
export type Part = string | Styled;

/** One line for people, without its line break. */
export type Line = string | readonly Part[];

export function styled(style: Style, text: string): Styled {
  return { style, text };
}

/**
 * Lines as they are written to a terminal. All texts for people pass here: only our own styles, and the breaks between the
 * lines, act on the terminal.
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
