import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import { type Line, styled } from '../terminal/terminal-text.ts';
import { AGAIN, type EventColumns, eventColumns } from './event-columns.ts';
import { plainTable } from './plain-table.ts';

type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'magenta';

/** Green is an achievement, red a loss, yellow a step back, magenta for operators, cyan anything else. */
const COLOURS: Record<string, Colour> = {
  CourseCompleted: 'green',
  CourseRecompleted: 'green',
  LearnerDropped: 'red',
  ProgressionRemoved: 'red',
  LearnerDataErased: 'red',
  CourseReopened: 'yellow',
  ProgressReset: 'yellow',
  CompletionCorrected: 'yellow',
  EnrollmentCorrected: 'yellow',
  IntegrationBaselined: 'magenta',
  IntegrationFailing: 'magenta',
  IntegrationRecovered: 'magenta',
  ChangesHeld: 'magenta',
  ChangesReleased: 'magenta',
  ReplayStarted: 'magenta',
  ReplayFinished: 'magenta',
};

const WIDTHS = { at: 18, type: 21, who: 23, course: 31 };
const NARROW = { at: 18, type: 21, who: 17, course: 15 };
const NARROW_COLUMNS = 110;

/** An event as one line: when, what, who, which course, from what to what. */
export function eventLine(event: Pick<DeliveredEvent, 'detail-type' | 'detail'>, prefix = ''): Line[] {
  return columnsLine(eventColumns(event['detail-type'], event.detail), prefix);
}

/** The columns in their places after a dim prefix, in colours on a terminal and cut to what of its width is left. */
export function columnsLine({ at, type, who, course, what }: EventColumns, prefix = ''): Line[] {
  const name = styled(COLOURS[type.replace(AGAIN, '')] ?? 'cyan', type);
  const columns = process.stdout.isTTY ? process.stdout.columns - prefix.length : Number.POSITIVE_INFINITY;
  const widths = columns < NARROW_COLUMNS ? NARROW : WIDTHS;
  const cells = at === '' ? [name, what] : [at, name, who, course, what];
  const before = at === '' ? [widths.at + widths.type] : [widths.at, widths.type, widths.who, widths.course];
  const used = before.reduce((sum, width) => sum + width, 0);
  const lines = plainTable([], [cells], [...before, lastWidth(columns, used)]);
  return lines.map((line) => [styled('dim', prefix), ...line]);
}

/** Without a terminal, the last column is as long as it is. */
function lastWidth(columns: number, used: number): number | null {
  return Number.isFinite(columns) ? Math.max(10, columns - used) : null;
}
