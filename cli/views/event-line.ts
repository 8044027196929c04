import {
  type EventText,
  eventText,
  isBlank,
  type ProgressText,
  type Tone,
} from '../../consumers/messages/event-text.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import { isEventType, publishedEvents } from '../../functions/contract/published-events.ts';
import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import { type Line, type Part, styled } from '../terminal/terminal-text.ts';
import { plainTable } from './plain-table.ts';

const COLOURS: Record<Tone, 'green' | 'red' | 'yellow' | 'cyan' | 'magenta'> = {
  achievement: 'green',
  loss: 'red',
  'step back': 'yellow',
  operation: 'magenta',
  other: 'cyan',
};

const WIDTHS = { at: 18, type: 21, who: 23, course: 31 };
const NARROW = { at: 18, type: 21, who: 17, course: 15 };
const NARROW_COLUMNS = 110;

/**
 * Returns an event as one line: the time, the event, the learner, the course, and the change. On a terminal, the line
 * has colours, and its last column is cut at the terminal's width.
 *
 * @param prefix is printed in a dim style at the start of the line
 * @param suffix is printed after the change
 */
export function eventLine(
  { 'detail-type': name, detail }: Pick<DeliveredEvent, 'detail-type' | 'detail'>,
  { prefix = '', suffix = '' } = {},
): Line[] {
  const type = name.replace(/^Replayed/, '');
  // Other systems may put events on a bus, also with the names of Schoolbell's events. For an event that does not fit
  // the schema, only the name is printed.
  const isOurs = isEventType(type) && publishedEvents[type].safeParse(detail).success;
  const text = isOurs ? eventText(type, detail) : null;
  const title = styled(COLOURS[text?.tone ?? 'other'], name.replace(/^Replayed/, '↻ '));
  const columns = process.stdout.isTTY ? process.stdout.columns - prefix.length : Number.POSITIVE_INFINITY;
  const widths = columns < NARROW_COLUMNS ? NARROW : WIDTHS;
  const lines = text?.progress
    ? table(progressCells(title, text.progress, suffix), Object.values(widths), columns)
    : table([title, `${summary(text)}${suffix}`], [widths.at + widths.type], columns);
  return lines.map((line) => [styled('dim', prefix), ...line]);
}

function progressCells(title: Part, { at, learner, course, change }: ProgressText, suffix: string): Part[] {
  return [minute(at), title, learner ?? '(erased)', course ?? '(unknown course)', `${change}${suffix}`];
}

/** Returns one text for an event that is not about a learner's progress. */
function summary(text: EventText | null): string {
  if (text === null) return '';
  const facts = text.facts.map((fact) => `${fact.label}: ${'time' in fact ? minute(fact.time) : fact.text}`);
  return [...text.lines, ...facts].filter((part) => !isBlank(part)).join(' · ');
}

/**
 * Returns cells in columns. The last column takes the remaining width of the terminal. Without a terminal, it is not
 * cut.
 */
function table(cells: Part[], widths: number[], columns: number): Part[][] {
  const used = widths.reduce((sum, width) => sum + width, 0);
  return plainTable([], [cells], [...widths, Number.isFinite(columns) ? Math.max(10, columns - used) : null]);
}
