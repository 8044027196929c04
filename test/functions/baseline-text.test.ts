import { expect, test } from 'vitest';
import { BaselineText } from '../../functions/contract/integration.ts';

test.each([
  ['2026-09-01', '2026-09-01T00:00:00.000Z'],
  ['2026-09-01T08:00:00+02:00', '2026-09-01T06:00:00.000Z'],
])('the date of the baseline since:%s is the instant %s', (date, instant) => {
  expect(BaselineText.parse(`since:${date}`)).toEqual({ mode: 'since', date: instant });
});

test.each(['soon', '2026-02-30', '0000-01-01T00:00:00+01:00', '9999-12-31T23:30:00-01:00'])(
  'the baseline since:%s is refused because its date is not a date in UTC with a year of four digits',
  (date) => {
    expect(BaselineText.safeParse(`since:${date}`).error?.issues[0]?.message).toContain(
      'is not a date such as',
    );
  },
);
