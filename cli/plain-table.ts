import { styleText } from 'node:util';
import Table from 'cli-table3';

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/**
 * Rows under a dim head, without lines. cli-table3 knows how wide letters of any script are.
 *
 * @param colWidths null: as wide as the content; without it, all are
 */
export function plainTable(head: string[], rows: string[][], colWidths?: (number | null)[]): string {
  const table = new Table({
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 2 },
    ...(colWidths && { colWidths }),
  });
  if (head.length > 0) table.push(head.map((name) => styleText('dim', name)));
  table.push(...rows);
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
