import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { firstLines, styled, suggestWith, terminalText } from '../../cli/terminal/terminal-text.ts';
import { plainTable } from '../../cli/views/plain-table.ts';
import { jsonText } from '../../functions/contract/printable-text.ts';
import { actsOnTerminal, hostileTexts, unusualNames } from '../support/hostile-texts.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const anyText = fc.oneof(
  fc.constantFrom(...Object.values(hostileTexts), ...unusualNames),
  fc.string({ unit: 'binary' }),
  fc.array(fc.constantFrom(...Object.values(hostileTexts).join('').slice(0, 500))).map((all) => all.join('')),
  fc.integer({ min: 0, max: 0xffff }).map((unit) => `a${String.fromCharCode(unit)}b`),
);

test.each(Object.entries(hostileTexts))(
  'a text with %s is printed in one line and does not affect the terminal',
  (_, text) => {
    expect(actsOnTerminal(terminalText([text]))).toBeNull();
    expect(actsOnTerminal(jsonText({ text }))).toBeNull();
  },
);

test.each(unusualNames)('the name %s is printed unchanged', (name) => {
  expect(terminalText([name])).toBe(name);
  expect(jsonText({ name })).toBe(JSON.stringify({ name }));
});

test('nothing in a printed text affects the terminal except the styles and line breaks of the program', () => {
  vi.stubEnv('FORCE_COLOR', '1');
  fc.assert(
    fc.property(fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 5 }), (rows) => {
      const written = terminalText(rows.map(([plain, bold]) => [plain, styled('bold', bold)]));
      const lines = written.split('\n');
      expect(lines).toHaveLength(rows.length);
      for (const line of lines) {
        expect(line.split('\u001b[1m')).toHaveLength(2);
        expect(actsOnTerminal(line.replace('\u001b[1m', '').replace('\u001b[22m', ''))).toBeNull();
      }
    }),
  );
});

test('the first lines that a terminal shows are all lines if they fit, and otherwise end with the number of lines that are left out', () => {
  fc.assert(
    fc.property(fc.nat(60), fc.integer({ min: 2, max: 60 }), (count, rows) => {
      const lines = Array.from({ length: count }, (_, at) => `line ${at}`);
      const shown = firstLines(lines, { columns: 80, rows }).split('\n');
      if (count < rows) expect(shown).toEqual(count === 0 ? [''] : lines);
      else {
        expect(shown).toHaveLength(rows - 1);
        expect(shown).toEqual([...lines.slice(0, rows - 2), `... ${count - rows + 2} more lines`]);
      }
    }),
  );
});

test('printed JSON has the original values and only printable characters, whatever the texts contain', () => {
  fc.assert(
    fc.property(anyText, anyText, (key, value) => {
      const line = jsonText({ [key]: [value] });
      expect(actsOnTerminal(line)).toBeNull();
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify({ [key]: [value] })));
    }),
  );
});

test('the columns of a printed table are aligned, and each cell is cut to its width, whatever the texts contain', () => {
  fc.assert(
    fc.property(
      fc.array(anyText, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 4, max: 30 }),
      (texts, width) => {
        const written = terminalText(
          plainTable(
            ['A', 'B'],
            texts.map((text) => [text, '|']),
            [width],
          ),
        );
        const lines = stripVTControlCharacters(written).split('\n');
        expect(lines).toHaveLength(texts.length + 1);
        for (const line of lines.slice(1)) {
          expect(actsOnTerminal(line)).toBeNull();
          expect(stringWidth(line.slice(0, line.lastIndexOf('|')))).toBe(width);
        }
      },
    ),
  );
});

test('options are added to the suggested commands of a text, and not to its data', () => {
  onTestFinished(() => suggestWith('', '', []));
  suggestWith(' --stack Other', '', ['poll', 'set-aside']);
  expect(terminalText(['Run schoolbell poll moodle:1, or schoolbell set-aside list.'])).toBe(
    'Run schoolbell --stack Other poll moodle:1, or schoolbell --stack Other set-aside list.',
  );
  expect(terminalText(['Learn schoolbell basics'])).toBe('Learn schoolbell basics');
});
