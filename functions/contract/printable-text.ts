/**
 * What a text of others must not bring to a terminal, a log or a message: control characters (an escape sequence begins
 * with one), line breaks, halves of surrogate pairs, and each character that changes the direction of the text around it.
 * Zero-width joiners are no such character: emoji and Indic names need them.
 * https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Bidi_Control}]/gu;

/** A text in one line, without what could act on the place where it is shown: each such character becomes `�`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, '\uFFFD');
}

/** JSON in one line, in which the characters that `printable` replaces are escaped. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    UNSAFE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A time for people, to the minute, in UTC: `2026-03-01 09:30`. */
export function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}
