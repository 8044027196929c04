import * as z from 'zod/mini';
import { Baseline } from './baseline.ts';
import { IntegrationId } from './integration-id.ts';
import { Timestamp } from './timestamp.ts';

/** The settings of one Kombo integration. */
export const Integration = z.object({
  id: IntegrationId,
  state: z.enum(['active', 'paused', 'removed']),
  /** Paused because it is gone or inactive at Kombo: brought back with it. Absent when a person paused it. */
  pausedBy: z.optional(z.literal('kombo')),
  baseline: Baseline,
  addedAt: Timestamp,
});
export type Integration = z.infer<typeof Integration>;
