import { stripVTControlCharacters, styleText } from 'node:util';
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printable } from '../../functions/contract/printable-text.ts';

type Style = Parameters<typeof styleText>[0];

export type Styled = { style: Style; text: string };
export type Part = string | Styled;

/** One line for people, without its line break. */
export type Line = string | readonly Part[];

export function styled(style: Style, text: string): Styled {
  return { style, text };
}

let suggested = { schoolbell: '', aws: '', pattern: suggestedAmong([]) };

/** Matches a command in a text, unless the text itself has its options, or is data with the word `schoolbell`. */
function suggestedAmong(commands: string[]): RegExp {
  const names = commands.join('|');
  return new RegExp(
    `\\bschoolbell(?= (?:${names})\\b)(?!.*--(?:local|help)\\b)|\\baws(?= cloudformation )`,
    'g',
  );
}

/**
 * Sets the options, such as ` --local data`, with which a suggested command works on the same deployment, and
 * those with which a command of the AWS CLI uses the same account and Region.
 *
 * @param commands the names of Schoolbell's commands
 */
export function suggestWith(schoolbell: string, aws: string, commands: string[]): void {
  const pattern = suggestedAmong(commands);
  suggested = { schoolbell: printable(schoolbell), aws: printable(aws), pattern };
}

/**
 * Formats all texts for people. Makes control characters visible, so that only Schoolbell's own styles and
 * line breaks affect the terminal. Adds the options of the running command to suggested commands.
 */
export function terminalText(lines: readonly Line[]): string {
  const text = lines.map(lineText).join('\n');
  return text.replace(
    suggested.pattern,
    (name) => `${name}${name === 'aws' ? suggested.aws : suggested.schoolbell}`,
  );
}

function lineText(line: Line): string {
  const parts = typeof line === 'string' ? [line] : line;
  return parts
    .map((part) => (typeof part === 'string' ? printable(part) : styleText(part.style, printable(part.text))))
    .join('');
}

/** Breaks a text between words. A word that is longer than `width` columns is on a separate line. */
export function wrapped(text: string, width: number): string[] {
  return wrapAnsi(printable(text), width).split('\n');
}

/** Breaks the lines that are too wide. The rest of a broken line is indented by two columns more. */
export function fitted(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (stringWidth(line) <= columns ? line : hanging(line, columns)))
    .join('\n');
}

/**
 * Returns as many of the first lines as a terminal shows above an empty line. If lines are left out, the last line
 * says how many.
 */
export function firstLines(
  lines: readonly Line[],
  { columns, rows }: { columns: number; rows: number },
): string {
  const all = fitted(terminalText(lines), columns).split('\n');
  if (all.length < rows) return all.join('\n');
  const shown = all.slice(0, Math.max(0, rows - 2));
  return [...shown, `... ${all.length - shown.length} more lines`].join('\n');
}

function hanging(line: string, columns: number): string {
  const indent = (/^ */.exec(stripVTControlCharacters(line))?.[0].length ?? 0) + 2;
  const [first = '', ...rest] = wrapAnsi(line, columns - indent, { trim: false }).split('\n');
  return [first, ...rest.map((part) => ' '.repeat(indent) + part.trimStart())]
    .map((part) => part.trimEnd())
    .join('\n');
}
