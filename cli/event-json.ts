import type { DeliveredEvent } from '../local/bus/delivered-event.ts';

const WIDTH = 100;

/** An event as JSON for people: a field of the event or its detail a line, what is deeper as dense as it fits. */
export function eventJson(event: DeliveredEvent): string {
  const { detail, ...envelope } = event;
  const head = Object.entries(envelope).map(([key, value]) => `  "${key}": ${JSON.stringify(value)}`);
  const body = Object.entries(detail).map(([key, value]) => `    "${key}": ${dense(value)}`);
  return `{\n${head.join(',\n')},\n  "detail": {\n${body.join(',\n')}\n  }\n}`;
}

/** The fields of an object filled into lines. */
function dense(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `"${key}": ${JSON.stringify(field)}`);
  const lines: string[] = [];
  for (const field of fields) {
    const line = lines.at(-1);
    if (line === undefined || line.length + field.length > WIDTH) lines.push(field);
    else lines[lines.length - 1] = `${line}, ${field}`;
  }
  return lines.length === 1 ? `{ ${lines[0]} }` : `{\n      ${lines.join(',\n      ')}\n    }`;
}
