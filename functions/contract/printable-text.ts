/**
 * Characters from other systems that must not reach a terminal, a log or a message: control characters
 * (escape sequences begin with one), line breaks, unpaired surrogates, and characters that change the
 * direction of the text around them. Zero-width joiners are allowed: emoji and Indic names need them.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

/** Returns a text as one line, with each unsafe character replaced by `�`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '\uFFFD');
}

/** Returns JSON as one line, with each unsafe character escaped. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Formats a time for people, to the minute, in UTC: `2026-03-01 09:30`. */
export function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

/** Returns a count with its noun, such as `1 page` or `2 pages`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
