import { InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import type { Timestamp } from '../../functions/contract/field-types.ts';

const Instant = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

/** A date (its first moment in UTC) or a time with its zone, as an option's value. */
export function parseInstant(text: string): Timestamp {
  if (!Instant.safeParse(text).success) {
    throw new InvalidArgumentError(
      'Give a date or a time with its zone: 2026-03-01, 2026-03-01T09:30Z or 2026-03-01T09:30:00+01:00',
    );
  }
  return new Date(text).toISOString();
}
