import * as z from 'zod';
import { IntegrationId } from './integration-id.ts';
import { PollMode } from './poll-mode.ts';

/**
 * One message of the poll queue: run this integration. Without a mode: an incremental run, or the baseline first.
 * `follow`: Kombo told that the integration was created or that it changed, so look there first how it stands.
 */
export const PollMessage = z.object({
  integration: IntegrationId,
  mode: PollMode.optional(),
  follow: z.enum(['created', 'changed']).optional(),
});
export type PollMessage = z.infer<typeof PollMessage>;
