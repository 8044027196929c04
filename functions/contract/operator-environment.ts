import * as z from 'zod/mini';
import { described } from './described.ts';
import { Address, Environment } from './environment.ts';

/** What the command line knows of the deployment that it works on. */
export const OperatorEnvironment = z.extend(Environment, {
  REPLAY_QUEUE_URL: described(z.optional(Address), 'Without it, the command line sends replays itself'),
  STACKS_OFF: described(
    z._default(
      z.pipe(
        z.string(),
        z.transform((names) => names.split(',').filter((name) => name !== '')),
      ),
      [],
    ),
    'Stacks of consumers that the settings switch off, parted by commas',
  ),
});
