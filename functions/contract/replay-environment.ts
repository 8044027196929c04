import * as z from 'zod/mini';
import { described } from './described.ts';
import { Address, Environment } from './environment.ts';

/** The environment of replay. */
export const ReplayEnvironment = z.extend(z.omit(Environment, { QUEUE_URL: true }), {
  REPLAY_QUEUE_URL: described(Address, 'Where a replay asks to be carried on'),
});
