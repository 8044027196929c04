import * as z from 'zod/mini';

/** An instant as every Schoolbell event and item writes it: ISO 8601, UTC, milliseconds, e.g. `2026-03-01T09:30:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });
export type Timestamp = z.infer<typeof Timestamp>;
