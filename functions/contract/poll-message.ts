import { z } from 'zod';
import { IntegrationId } from './integration-id.ts';
import { PollMode } from './poll-mode.ts';

/** One message of the poll queue: run this integration. Without a mode: an incremental run, or the baseline first. */
export const PollMessage = z.object({
  integration: IntegrationId,
  mode: PollMode.optional(),
});
export type PollMessage = z.infer<typeof PollMessage>;
