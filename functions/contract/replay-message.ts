import * as z from 'zod/mini';
import { IntegrationId } from './integration-id.ts';

/** One message of the replay queue: carry on this replay. */
export const ReplayMessage = z.object({
  integration: IntegrationId,
  replay: z.string().check(z.minLength(1)),
});
export type ReplayMessage = z.infer<typeof ReplayMessage>;
