import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseTimestamp } from '../../../functions/adapters/kombo/timestamp.ts';
import { Timestamp } from '../../../functions/contract/field-types.ts';

const FIRST_USABLE = '1971-01-01T00:00:00.000Z';
const LAST_USABLE = '2200-12-31T23:59:59.999Z';

const between = (min: string, max: string) =>
  fc.date({ min: new Date(min), max: new Date(max), noInvalidDate: true }).map((date) => date.getTime());
const instants = between(FIRST_USABLE, LAST_USABLE);
/**
 * Generates timestamps that platforms use for "no date": until 1970 and from 2201 on. Timestamps near these
 * limits are more frequent.
 */
const instantsOfNone = fc.oneof(
  between('0000-01-02T00:00:00Z', '1970-12-31T23:59:59.999Z'),
  between('1970-12-30T00:00:00Z', '1970-12-31T23:59:59.999Z'),
  between('2201-01-01T00:00:00Z', '2201-01-02T00:00:00Z'),
  between('2201-01-01T00:00:00Z', '9999-12-30T00:00:00Z'),
);

const pad = (value: number) => String(value).padStart(2, '0');

/** Generates an instant in one of the formats that platforms use. */
const spellings = (instant: fc.Arbitrary<number>) =>
  fc
    .record({
      instant,
      offset: fc.integer({ min: -14 * 60, max: 14 * 60 }),
      letter: fc.constantFrom('T', 't', ' '),
      point: fc.constantFrom('.', ','),
      more: fc.stringMatching(/^\d{0,6}$/),
      zone: fc.constantFrom('colon', 'digits', 'space'),
    })
    .map(({ instant, offset, letter, point, more, zone }) => {
      const local = new Date(instant + offset * 60_000).toISOString();
      const sign = offset < 0 ? '-' : '+';
      const [hours, minutes] = [pad(Math.floor(Math.abs(offset) / 60)), pad(Math.abs(offset) % 60)];
      const time = `${local.slice(11, 19)}${point}${local.slice(20, 23)}${more}`;
      const suffix = `${zone === 'space' ? ' ' : ''}${sign}${hours}${zone === 'digits' ? '' : ':'}${minutes}`;
      return { instant, text: `${local.slice(0, 10)}${letter}${time}${suffix}` };
    });

describe('a timestamp', () => {
  test('a timestamp in any format that platforms use is normalised to UTC with milliseconds', () => {
    fc.assert(
      fc.property(spellings(instants), ({ instant, text }) => {
        expect(normaliseTimestamp(text)).toBe(new Date(instant).toISOString());
      }),
    );
  });

  test('a normalised timestamp stays the same when it is normalised again', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const text = new Date(instant).toISOString();
        expect(normaliseTimestamp(text)).toBe(text);
      }),
    );
  });
});

test('a timestamp before 1971 or after 2200 (in UTC) is read as null, whatever its format and offset', () => {
  fc.assert(
    fc.property(spellings(instantsOfNone), ({ text }) => {
      expect(normaliseTimestamp(text)).toBeNull();
    }),
  );
});

test.each([
  '0001-01-01',
  '0001-01-01T00:00:00+01:00',
  '1900-01-01T00:00:00Z',
  '1970-01-01T00:00:00.000Z',
  '1970-12-31T23:59:59.999Z',
  '1971-01-01T00:30:00+01:00',
  '1970-12-31T24:00:00+00:01',
  '2200-12-31T23:30:00-01:00',
  '2201-01-01T00:00:00.000Z',
  '9999-12-31T23:59:59.999Z',
  '9999-12-31T23:59:59-01:00',
  '0000-05-01T00:00:00.000Z',
  '0000-00-00',
  '0000-00-00 00:00:00',
  '+275760-09-13T00:00:00.000Z',
  '-271821-04-20T00:00:00.000Z',
])('the timestamp "%s" is read as null, which means no date', (text) => {
  expect(normaliseTimestamp(text)).toBeNull();
});

test('any text is either normalised to a valid timestamp or refused', () => {
  const digits = fc.stringMatching(/^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,5})?)?(Z|[+-]\d\d:?\d\d)?$/);
  fc.assert(
    fc.property(fc.oneof(digits, fc.string(), fc.date().map(String)), (text) => {
      const normal = normaliseTimestamp(text);
      if (typeof normal === 'string') expect(Timestamp.parse(normal)).toBe(normal);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['2026-03-01', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01Z', '2026-03-01T00:00:00.000Z'],
  ['2026-03-01T09:30', '2026-03-01T09:30:00.000Z'],
  ['2026-03-01T09:30:15', '2026-03-01T09:30:15.000Z'],
  ['2026-03-01T09:30:15.5', '2026-03-01T09:30:15.500Z'],
  ['2026-03-01T09:30:15.1239999Z', '2026-03-01T09:30:15.123Z'],
  ['2026-03-01t09:30:15z', '2026-03-01T09:30:15.000Z'],
  ['2026-03-01 09:30:15 +0200', '2026-03-01T07:30:15.000Z'],
  ['2026-03-01T09:30:15+02', '2026-03-01T07:30:15.000Z'],
  ['2026-03-01T01:30:00+05:45', '2026-02-28T19:45:00.000Z'],
  ['2026-03-01T09:30:15-00:00', '2026-03-01T09:30:15.000Z'],
  ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000Z'],
  ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
  ['2000-02-29', '2000-02-29T00:00:00.000Z'],
  ['2026-02-28T24:00:00Z', '2026-03-01T00:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000Z'],
  ['1970-12-31T23:30:00-01:00', '1971-01-01T00:30:00.000Z'],
  ['1970-12-31T24:00:00Z', FIRST_USABLE],
  [FIRST_USABLE, FIRST_USABLE],
  [LAST_USABLE, LAST_USABLE],
  ['2201-01-01T00:59:59.999+01:00', LAST_USABLE],
])('the timestamp %s is normalised to %s', (text, expected) => {
  expect(normaliseTimestamp(text)).toBe(expected);
});

test.each([
  '',
  ' ',
  'yesterday',
  '1772357400000',
  '03/01/2026',
  'Sun, 01 Mar 2026 09:30:00 GMT',
  '2026',
  '2026-03',
  '2026-3-1',
  '2026-W09-7',
  '2026-02-29',
  '2100-02-29T00:00:00.000Z',
  '2026-02-30T00:00:00.000Z',
  '2026-04-31',
  '2026-13-01',
  '2026-00-10',
  '2026-03-00',
  '2026-03-01T24:00:01Z',
  '2026-03-01T24:00:00.001Z',
  '2026-03-01T25:00:00Z',
  '2026-03-01T09:60:00Z',
  '2026-03-01T09:30:60Z',
  '2026-03-01T09:30:61Z',
  '2026-03-01T09:30:15+24:00',
  '2026-03-01T09:30:15+05:60',
  '2026-03-01T09:30:15 CET',
  '2026-03-01T09:30:15.Z',
  '2026-03-01T09',
  '+002026-03-01T00:00:00.000Z',
  '0000-00-01',
  '2026-03-01T09:30:00.000Z\n',
])('the text "%s" is not a valid timestamp', (text) => {
  expect(normaliseTimestamp(text)).toBeUndefined();
});
