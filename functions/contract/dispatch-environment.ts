import * as z from 'zod/mini';
import { described } from './described.ts';
import { SharedEnvironment } from './environment.ts';
import { IntegrationId } from './integration-id.ts';

/** The environment of dispatch. */
export const DispatchEnvironment = z.extend(SharedEnvironment, {
  POLL_EVERY_MINUTES: described(z.coerce.number().check(z.positive()), 'From one dispatch to the next'),
  INTEGRATIONS: described(
    z.pipe(
      z.pipe(
        z._default(z.string(), ''),
        z.transform((text) => text.split(',').filter((id) => id !== '')),
      ),
      z.array(IntegrationId),
    ),
    'Added when they are not there yet, separated by commas',
  ),
});
