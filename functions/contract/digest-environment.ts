import * as z from 'zod/mini';
import { described } from './described.ts';
import { Address } from './environment.ts';

/** The environment of digest. */
export const DigestEnvironment = z.object({
  DIGEST_CHANNEL: z.string().check(z.minLength(1)),
  DIGEST_QUEUE_URL: Address,
  BUS_NAME: described(z.string().check(z.minLength(1)), 'Name or ARN'),
});
