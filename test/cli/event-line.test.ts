import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { exampleOf, learningExample } from '../../catalogue/examples.ts';
import { fitted, terminalText } from '../../cli/terminal/terminal-text.ts';
import { eventLine } from '../../cli/views/event-line.ts';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { eventTypes } from '../../functions/contract/published-events.ts';
import { unusualNames } from '../support/hostile-texts.ts';

const words = fc
  .array(fc.constantFrom(...unusualNames, 'Introdução', 'à', 'Proteção', '食品安全', 'Working'), {
    minLength: 1,
    maxLength: 9,
  })
  .map((all) => all.join(' ').replaceAll(/\s+/g, ' ').trim());
const terminal = fc.integer({ min: 80, max: 250 });

const linesOf = (event: { type: string; detail: object }, columns: number, suffix = '') =>
  eventLine(
    // The cast is safe, because the view parses the detail with the schema of its type.
    { 'detail-type': event.type, detail: event.detail as never },
    { prefix: '  out ', suffix, columns },
  ).map((line) => terminalText([line]));

test('the lines that commands print about an event are never wider than the terminal', () => {
  fc.assert(
    fc.property(fc.constantFrom(...eventTypes), terminal, (type, columns) => {
      for (const line of linesOf(exampleOf(type), columns)) {
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    }),
  );
});

test("the learner's name and the course title in the lines about an event are never cut, whatever the width of the terminal", () => {
  const anyWidth = fc.oneof(terminal, fc.constant(Number.POSITIVE_INFINITY));
  fc.assert(
    fc.property(
      anyWidth,
      words,
      words,
      fc.constantFrom('', '  (published)'),
      (columns, name, title, suffix) => {
        const { detail } = learningExample('CourseCompleted');
        const learner = { ...detail.learner, firstName: name, lastName: 'Ω', email: null };
        const event = {
          type: 'CourseCompleted',
          detail: { ...detail, learner, course: { ...detail.course, title } },
        };
        const lines = linesOf(event, columns, suffix);
        const text = lines
          .map((line) => line.trim())
          .join(' ')
          .replaceAll(/\s+/g, ' ');
        expect(text).toContain(`${name} Ω`);
        expect(text).toContain(title);
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test("in a terminal of 80 columns, the lines about an event contain the learner's whole name, the whole course title and the event's type", () => {
  fc.assert(
    fc.property(fc.constantFrom(...LearningEventType.options), words, words, (type, name, title) => {
      const { detail } = learningExample(type);
      const learner = { ...detail.learner, firstName: name, lastName: 'Ω', email: null };
      const course = { ...detail.course, title };
      const lines = linesOf({ type, detail: { ...detail, learner, course } }, 80);
      const text = lines
        .map((line) => line.trim())
        .join(' ')
        .replaceAll(/\s+/g, ' ');
      expect(text).toContain(`${name} Ω · ${title}`);
      expect(lines[0]).toMatch(new RegExp(`^  out \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d  ${type} .*\\S`));
    }),
  );
});

test('an event is printed in a single line when the output is not a terminal', () => {
  for (const type of eventTypes) {
    expect(linesOf(exampleOf(type), Number.POSITIVE_INFINITY, '  (published)')).toHaveLength(1);
  }
});

test('a printed line that is wider than the terminal is broken between words, and no word is lost', () => {
  fc.assert(
    fc.property(words, terminal, fc.integer({ min: 0, max: 20 }), (text, columns, indent) => {
      const line = `${' '.repeat(indent)}${text} ${text} ${text}`;
      const lines = fitted(line, columns).split('\n');
      for (const part of lines) expect(stringWidth(part)).toBeLessThanOrEqual(columns);
      expect(lines.map((part) => part.trim()).join(' ')).toBe(line.trim());
      for (const part of lines.slice(1)) expect(part.search(/\S/)).toBe(indent + 2);
    }),
  );
});
