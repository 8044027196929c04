/**
 * Dates as platforms write them: date only, no zone (UTC is meant), an offset, any number of decimals, a space or a
 * lower-case letter between date and time.
 */
const SHAPE =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*([Zz]|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** `2026-03-01T09:30:00.000Z`: what nearly every timestamp is already. */
const NORMAL = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** The instant in UTC with milliseconds (further decimals are cut off), or null when it is no valid timestamp. */
export function normaliseTimestamp(text: string): string | null {
  if (NORMAL.test(text)) return validOrNull(text);
  const parts = SHAPE.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', decimals = '', zone = 'Z'] = parts;
  const milliseconds = decimals.slice(0, 3).padEnd(3, '0');
  return validOrNull(`${year}-${month}-${day}T${hour}:${minute}:${second}.${milliseconds}${zoneOf(zone)}`);
}

/** `Date` takes 30 February for 2 March: a date that is not on the calendar is no timestamp. */
function validOrNull(text: string): string | null {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) return null;
  const day = text.slice(0, 10);
  if (new Date(Date.parse(`${day}T00:00:00.000Z`)).toISOString().slice(0, 10) !== day) return null;
  const normal = new Date(instant).toISOString();
  return NORMAL.test(normal) && !normal.startsWith('0000') ? normal : null;
}

function zoneOf(zone: string): string {
  if (zone === 'Z' || zone === 'z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
