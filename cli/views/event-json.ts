import { jsonText } from '../../functions/contract/printable-text.ts';
import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import type { Line } from '../terminal/terminal-text.ts';

const WIDTH = 100;

/** An event as JSON for people: a field of the event or its detail a line, what is deeper as dense as it fits. */
export function eventJson(event: DeliveredEvent): Line[] {
  const { detail, ...envelope } = event;
  const head = Object.entries(envelope).map(([key, value]) => `  ${jsonText(key)}: ${jsonText(value)}`);
  const body = Object.entries(detail).map(([key, value]) => `    ${jsonText(key)}: ${dense(value)}`);
  // JSON escapes line breaks: those that are left are ours.
  return `{\n${head.join(',\n')},\n  "detail": {\n${body.join(',\n')}\n  }\n}`.split('\n');
}

/** The fields of an object filled into lines. */
function dense(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return jsonText(value);
  const fields = Object.entries(value).map(([key, field]) => `${jsonText(key)}: ${jsonText(field)}`);
  const lines: string[] = [];
  for (const field of fields) {
    const line = lines.at(-1);
    if (line === undefined || line.length + field.length > WIDTH) lines.push(field);
    else lines[lines.length - 1] = `${line}, ${field}`;
  }
  return lines.length === 1 ? `{ ${lines[0]} }` : `{\n      ${lines.join(',\n      ')}\n    }`;
}
