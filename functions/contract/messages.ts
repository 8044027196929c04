import * as z from 'zod/mini';
import { IntegrationId } from './integration.ts';

/**
 * `incremental`: what changed since the watermark. `baseline`: the first sync, everything. `reconcile`: everything
 * again, to find what was missed.
 */
export const PollMode = z.enum(['incremental', 'baseline', 'reconcile']);
export type PollMode = z.infer<typeof PollMode>;

/**
 * One message of the poll queue: run this integration. Without a mode: an incremental run, or the baseline first.
 * `follow`: Kombo sent a webhook that the integration was created or changed, so ask Kombo for its status first.
 * `othersLetIn`: Kombo refused access for the integration, and let another one in after that.
 */
export const PollMessage = z.object({
  integration: IntegrationId,
  mode: z.optional(PollMode),
  follow: z.optional(z.enum(['created', 'changed'])),
  othersLetIn: z.optional(z.literal(true)),
});
export type PollMessage = z.infer<typeof PollMessage>;

/** One message of the replay queue: carry on this replay. */
export const ReplayMessage = z.object({
  integration: IntegrationId,
  replay: z.string().check(z.minLength(1)),
});
export type ReplayMessage = z.infer<typeof ReplayMessage>;
