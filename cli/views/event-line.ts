import stringWidth from 'string-width';
import {
  type EventText,
  eventText,
  isBlank,
  type ProgressText,
  type Tone,
} from '../../consumers/messages/event-text.ts';
import { minute, printable } from '../../functions/contract/printable-text.ts';
import { isEventType, publishedEvents } from '../../functions/contract/published-events.ts';
import type { DeliveredEvent } from '../../local/bus/bus.ts';
import { terminalColumns } from '../terminal/output.ts';
import { type Line, type Part, styled, wrapped } from '../terminal/terminal-text.ts';
import { GAP, plainTable } from './plain-table.ts';

const COLOURS: Record<Tone, 'green' | 'red' | 'yellow' | 'cyan' | 'magenta'> = {
  achievement: 'green',
  loss: 'red',
  'step back': 'yellow',
  operation: 'magenta',
  other: 'cyan',
};

/** The widths of the columns with the time, the event and the learner, including a gap. */
const WIDTHS = { at: 18, type: 23, learner: 23 };
/** The usual and the smallest width of the column with the course. */
const COURSE = 40;
const SHORTEST_COURSE = 24;
/** The smallest width of the change: enough for most, such as `completed 2026-01-15 → 2026-11-10`. */
const CHANGE = 34;

/**
 * Without a terminal, returns one line. On a terminal that is too narrow for all columns, the learner and the
 * course are on a second line.
 *
 * @param prefix starts the first line, in a dim style
 * @param suffix follows the change
 */
export function eventLine(
  { 'detail-type': name, detail }: Pick<DeliveredEvent, 'detail-type' | 'detail'>,
  { prefix = '', suffix = '', columns: width = terminalColumns() } = {},
): Line[] {
  const type = name.replace(/^Replayed/, '');
  // Other systems can put events on a bus, even with the names of Schoolbell's events. For an event that does
  // not match the schema, only the name is printed.
  const isOurs = isEventType(type) && publishedEvents[type].safeParse(detail).success;
  const text = isOurs ? eventText(type, detail) : null;
  const title = styled(COLOURS[text?.tone ?? 'other'], name.replace(/^Replayed/, '↻ '));
  const columns = width - prefix.length;
  const cells = [text === null ? '' : minute(text.at), title];
  const lines = text?.progress
    ? progressLines(cells, text.progress, suffix, columns)
    : textBeside(cells, `${summary(text)}${suffix}`, columns);
  return lines.map((line, at) => [at === 0 ? styled('dim', prefix) : ' '.repeat(prefix.length), ...line]);
}

function progressLines(cells: Part[], progress: ProgressText, suffix: string, columns: number): Part[][] {
  const learner = progress.learner ?? '(erased)';
  const course = progress.course ?? '(unknown course)';
  const change = `${progress.change}${suffix}`;
  const learnerWidth = Math.max(WIDTHS.learner, cellWidth(learner));
  const others = WIDTHS.at + WIDTHS.type + learnerWidth + Math.max(CHANGE, stringWidth(change));
  const room = columns - others;
  return room < Math.max(SHORTEST_COURSE, cellWidth(course))
    ? textBelow([...cells, progress.change], `${learner} · ${course}${suffix}`, columns)
    : table(
        [...cells, learner, course, change],
        [learnerWidth, Math.min(room, Math.max(COURSE, cellWidth(course)))],
      );
}

function cellWidth(text: string): number {
  return stringWidth(printable(text)) + GAP;
}

/** Puts a text beside the cells, or below them if it does not fit. */
function textBeside(cells: Part[], text: string, columns: number): Part[][] {
  const fits = stringWidth(text) <= columns - WIDTHS.at - WIDTHS.type;
  return fits ? table([...cells, text]) : textBelow(cells, text, columns);
}

function textBelow(cells: Part[], text: string, columns: number): Part[][] {
  const lines = wrapped(text, columns - WIDTHS.at);
  return [...table(cells), ...lines.map((line) => [' '.repeat(WIDTHS.at), line])];
}

/** Returns the text of an event that is not about a learner's progress. */
function summary(text: EventText | null): string {
  if (text === null) return '';
  const facts = text.facts.filter((fact) => !('time' in fact && fact.time === text.at));
  const labelled = facts.map((fact) => `${fact.label}: ${'time' in fact ? minute(fact.time) : fact.text}`);
  return [...text.lines, ...labelled].filter((part) => !isBlank(part)).join(' · ');
}

/** Returns one line with the cells in columns. The last cell is not cut. */
function table(cells: Part[], widths: number[] = []): Part[][] {
  return plainTable([], [cells], [WIDTHS.at, WIDTHS.type, ...widths, null].slice(0, cells.length - 1));
}
