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
 * An event as one line: when, what, who, which course, what changed. On a terminal it has colours, and its last column is cut
 * to the width that is left.
 *
 * @param prefix dim, in front of the line
 * @param suffix after what changed
 */
export function eventLine(
  { 'detail-type': name, detail }: Pick<DeliveredEvent, 'detail-type' | 'detail'>,
  { prefix = '', suffix = '' } = {},
): Line[] {
  const type = name.replace(/^Replayed/, '');
  // Others may put events on a bus, also under our names: of those, only the name is shown.
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

/** An event that is not about a learner's progress, as one text. */
function summary(text: EventText | null): string {
  if (text === null) return '';
  const facts = text.facts.map((fact) => `${fact.label}: ${'time' in fact ? minute(fact.time) : fact.text}`);
  return [...text.lines, ...facts].filter((part) => !isBlank(part)).join(' · ');
}

/** Cells in columns, the last of which takes the rest of the terminal. Without a terminal, it is not cut. */
function table(cells: Part[], widths: number[], columns: number): Part[][] {
  const used = widths.reduce((sum, width) => sum + width, 0);
  return plainTable([], [cells], [...widths, Number.isFinite(columns) ? Math.max(10, columns - used) : null]);
}
