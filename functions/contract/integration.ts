import { z } from 'zod';
import { Baseline } from './baseline.ts';
import { IntegrationId } from './integration-id.ts';
import { Timestamp } from './timestamp.ts';

/** The settings of one Kombo integration. */
export const Integration = z.object({
  id: IntegrationId,
  state: z.enum(['active', 'paused', 'removed']),
  baseline: Baseline,
  addedAt: Timestamp,
});
export type Integration = z.infer<typeof Integration>;
