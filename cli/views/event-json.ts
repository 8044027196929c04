import { jsonText } from '../../functions/contract/printable-text.ts';
import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import { terminalColumns } from '../terminal/output.ts';
import type { Line } from '../terminal/terminal-text.ts';

const WIDTH = 100;
const INDENT = 6;

/**
 * Returns an event as JSON for people. Each field of the event and of its detail begins a line. Fields of deeper
 * objects share lines.
 */
export function eventJson(event: DeliveredEvent): Line[] {
  const { detail, ...envelope } = event;
  const head = Object.entries(envelope).map(([key, value]) => `  ${jsonText(key)}: ${jsonText(value)}`);
  const body = Object.entries(detail).map(([key, value]) => `    ${jsonText(key)}: ${dense(value)}`);
  // JSON escapes line breaks in values, so the remaining line breaks are from this function.
  return `{\n${head.join(',\n')},\n  "detail": {\n${body.join(',\n')}\n  }\n}`.split('\n');
}

/** Returns an object with as many fields on each line as the width of the terminal allows. */
function dense(value: unknown): string {
  const width = Math.min(WIDTH, terminalColumns() - INDENT - 3);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return jsonText(value);
  const fields = Object.entries(value).map(([key, field]) => `${jsonText(key)}: ${jsonText(field)}`);
  const lines: string[] = [];
  for (const field of fields) {
    const line = lines.at(-1);
    if (line === undefined || line.length + field.length > width) lines.push(field);
    else lines[lines.length - 1] = `${line}, ${field}`;
  }
  return lines.length === 1 ? `{ ${lines[0]} }` : `{\n      ${lines.join(',\n      ')}\n    }`;
}
