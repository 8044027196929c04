import * as z from 'zod/mini';
import { Address } from '../../../functions/contract/environment.ts';
import { described } from '../../../functions/contract/field-types.ts';

/** The environment of digest. */
export const DigestEnvironment = z.object({
  BUS_NAME: described(z.string().check(z.minLength(1)), 'Name or ARN'),
});

/** What the schedule of a digest sends when it is due. */
export const DigestDue = z.object({
  channel: z.string(),
  queueUrl: described(Address, 'Where the events of the channel wait'),
});
export type DigestDue = z.infer<typeof DigestDue>;
