/**
 * Texts that a learner, an author of courses or a platform could write to attack the reader's terminal or
 * messages.
 */
export const hostileTexts: Record<string, string> = {
  'a window title (OSC 0)': '\u001b]0;owned\u0007Ada',
  'a link (OSC 8)': '\u001b]8;;https://evil.example\u001b\\Ada\u001b]8;;\u001b\\',
  'a write to the clipboard (OSC 52)': '\u001b]52;c;cm0gLXJmIH4=\u0007Ada',
  'a cleared screen': '\u001b[2J\u001b[HAda',
  'hidden letters': '\u001b[8mAda\u001b[0m',
  'a colour': '\u001b[32mAda\u001b[39m',
  'C1 codes': '\u009d0;owned\u009c\u009b2JAda',
  'all C1 codes': String.fromCharCode(...Array.from({ length: 32 }, (_, at) => 0x80 + at)),
  'all C0 codes': String.fromCharCode(...Array.from({ length: 32 }, (_, at) => at)),
  'a line feed': 'Ada\nschoolbell: all is well',
  'a carriage return': 'Ada\rschoolbell: all is well',
  'a next line': 'Ada\u0085schoolbell: all is well',
  'a line separator': 'Ada\u2028schoolbell: all is well',
  'a paragraph separator': 'Ada\u2029schoolbell: all is well',
  'tabs and backspaces': 'Ada\t\b\b\b\v\fEve',
  'NUL and DEL': 'Ada\u0000\u007fEve',
  'overrides of direction': '\u202eecalevoL\u202c adA\u202d\u202a\u202b',
  'isolates of direction': '\u2066\u2067\u2068Ada\u2069',
  'marks of direction': '\u200e\u200f\u061cAda',
  'half of a surrogate pair': 'Ada \ud83d',
  'the other half': '\udc69 Ada',
  'a very long text': 'Ada '.repeat(5_000),
  'a very long word of wide letters': '愛'.repeat(12_000),
  'joiners alone': '\u200d'.repeat(4_000),
  HTML: '<script>alert(1)</script><img src=x onerror=alert(1)>&amp;',
  'markup of Slack': '<!channel> <@U1> <https://evil.example|Ada> *a* _b_ ~c~ `d` & < >',
  JSON: '"},{"text":"Ada"},\\"\\u0000\\',
  'variables of an input transformer': '<learner> <v0> <aws.events.event.json> $.detail',
  'a formula': '=HYPERLINK("https://evil.example","Ada")',
  'a path': '../../../../etc/passwd',
  'a property of objects': '__proto__',
};

/** Names and titles with unusual characters, which must stay unchanged. */
export const unusualNames = ['👩‍👩‍👧‍👦 Ada', 'क्‍ष', 'می‌خواهم', 'ශ්‍රී', 'אבג', '李小龍', 'Zoë', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'];

/**
 * Returns the first character of the text that must never reach a terminal when it comes from another system,
 * such as `U+001b`, or null if there is none. The characters are listed independently of the code that is
 * tested.
 */
export function actsOnTerminal(text: string): string | null {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const acts =
      code < 0x20 ||
      (code >= 0x7f && code <= 0x9f) ||
      [0x61c, 0x200e, 0x200f, 0x2028, 0x2029].includes(code) ||
      (code >= 0x202a && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069) ||
      (code >= 0xd800 && code <= 0xdfff);
    if (acts) return `U+${code.toString(16).padStart(4, '0')}`;
  }
  return null;
}
