import * as z from 'zod';
import { IntegrationId } from './integration-id.ts';

/** One message of the replay queue: carry on this replay. */
export const ReplayMessage = z.object({
  integration: IntegrationId,
  replay: z.string().min(1),
});
export type ReplayMessage = z.infer<typeof ReplayMessage>;
