import * as z from 'zod/mini';
import { described } from './described.ts';

/** Present on an event that is sent again. */
export const Replay = z.object({
  id: z.string(),
  reason: z.string(),
  consumer: described(
    z.optional(z.nullable(z.string())),
    'The consumer it is addressed to; absent (or null) when it is for everyone',
  ),
});
export type Replay = z.infer<typeof Replay>;
