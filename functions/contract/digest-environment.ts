import * as z from 'zod';

/** The environment of digest. */
export const DigestEnvironment = z.object({
  DIGEST_CHANNEL: z.string().min(1),
  DIGEST_QUEUE_URL: z.url(),
  BUS_NAME: z.string().min(1).describe('Name or ARN'),
});
