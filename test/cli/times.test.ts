import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { instantOf } from '../../cli/options/values.ts';

const NOW = Date.parse('2026-11-05T14:30:00.000Z');

it.each([
  ['30min', '2026-11-05T14:00:00.000Z'],
  ['2h', '2026-11-05T12:30:00.000Z'],
  ['3d', '2026-11-02T14:30:00.000Z'],
  ['today', '2026-11-05T00:00:00.000Z'],
  ['yesterday', '2026-11-04T00:00:00.000Z'],
  ['2026-11-05', '2026-11-05T00:00:00.000Z'],
  ['2026-11-05 08:00', '2026-11-05T08:00:00.000Z'],
  ['2026-11-05T08:00:30', '2026-11-05T08:00:30.000Z'],
  ['2026-11-05 08:00+01:00', '2026-11-05T07:00:00.000Z'],
  ['2026-11-05T08:00Z', '2026-11-05T08:00:00.000Z'],
])('the time %s in an option is read as the instant %s', (text, instant) => {
  expect(instantOf(text, NOW)).toBe(instant);
});

it.each([
  '',
  'soon',
  '2',
  'h',
  '-2h',
  '2w',
  '1e3h',
  '2026-02-30',
  '2026-13-01',
  '08:00',
  '2026-11-05 25:00',
  '5.11.2026',
  '999999d',
  '1969-12-31',
  '9999-12-31 23:59-01:00',
])('the text %j in an option is refused because it is not a time from 1970 to 9999', (text) => {
  expect(() => instantOf(text, NOW)).toThrow(InvalidArgumentError);
});

it('a printed time is read by an option as the same instant, with or without the letters T and Z', () => {
  const date = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
  fc.assert(
    fc.property(date, (instant) => {
      const text = instant.toISOString();
      expect(instantOf(text, NOW)).toBe(text);
      expect(instantOf(text.replace('T', ' ').replace('Z', ''), NOW)).toBe(text);
    }),
  );
});
