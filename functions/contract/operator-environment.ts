import * as z from 'zod/mini';
import { described } from './described.ts';
import { Environment } from './environment.ts';

/** What the command line is told of the deployment that it works on. */
export const OperatorEnvironment = z.extend(Environment, {
  REPLAY_QUEUE_URL: described(z.optional(z.url()), 'Without it, the command line sends replays itself'),
});
