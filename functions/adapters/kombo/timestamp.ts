/**
 * The formats in which platforms write dates: date only, no zone (meaning UTC), an offset, any number of
 * decimals, a space or a lower-case letter between date and time. JavaScript writes years after 9999 with a
 * sign and six digits, so this format is also accepted.
 */
const SHAPE =
  /^((?:[+-]\d{2})?\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d+))?)?)? ?([Zz]|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * The format `2026-03-01T09:30:00.000Z`, for the years 1971 to 2200 and the days 1 to 28 of each month. Most
 * timestamps match. Parsing all timestamps with `Date` took half of the time of parsing a page.
 */
const NORMAL =
  /^(?:19(?:7[1-9]|[89]\d)|2[01]\d\d|2200)-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** Platforms write epoch zero, year 1 or year 9999 when a date is missing. */
const FIRST_USABLE = Date.parse('1971-01-01T00:00:00.000Z');
const LAST_USABLE = Date.parse('2200-12-31T23:59:59.999Z');
/** The zero date of MySQL, which is not a calendar date. */
const ZERO_DATE = '0000-00-00';
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * Returns the instant in UTC, with milliseconds (further decimals are cut off).
 *
 * @returns null for a date that means "none": its instant lies in or before 1970, or after 2200, in UTC;
 *   undefined for a text that is not a valid timestamp
 */
export function normaliseTimestamp(text: string): string | null | undefined {
  if (NORMAL.test(text)) return text;
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [, day = '', time = '00:00', second = '00', decimals = '', zone = 'Z'] = parts;
  if (day === ZERO_DATE) return null;
  // ISO 8601 allows 24:00 as the end of a day. RFC 3339 allows a leap second only before midnight in UTC.
  const isDaysEnd = time === '24:00' && second === '00' && /^0*$/.test(decimals);
  const isLeapSecond = second === '60';
  const instant = instantOf(
    `${day}T${isDaysEnd ? '00:00' : time}:${isLeapSecond ? '59' : second}.${decimals.slice(0, 3).padEnd(3, '0')}Z`,
  );
  const offset = offsetOf(zone);
  if (instant === null || offset === null) return undefined;
  const utc = instant - offset + (isDaysEnd ? DAY_MS : 0) + (isLeapSecond ? SECOND_MS : 0);
  if (isLeapSecond && Math.floor(utc / SECOND_MS) % (DAY_MS / SECOND_MS) !== 0) return undefined;
  return utc < FIRST_USABLE || utc > LAST_USABLE ? null : new Date(utc).toISOString();
}

/** Returns null for a date that is not in the calendar: `Date` would parse 30 February as 2 March. */
function instantOf(normal: string): number | null {
  const instant = Date.parse(normal);
  return !Number.isNaN(instant) && new Date(instant).toISOString() === normal ? instant : null;
}

/** Returns the offset of `+02:00`, `+0200` or `+02` in milliseconds, or null if it is not valid. */
function offsetOf(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', ''));
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
