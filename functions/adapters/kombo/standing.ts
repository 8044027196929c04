import { isRunError } from '../../core/errors.ts';
import type { ReadStanding, Standing } from '../../core/follow-kombo.ts';
import { komboClient } from './client.ts';
import { readIntegrationDetails } from './integration-details.ts';
import { PATIENCE, type Patience } from './request.ts';

/** Reads how an integration stands at Kombo from its details. One that Kombo does not find is gone. */
export function standingReader(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  patience?: Patience;
  fetch?: typeof globalThis.fetch;
}): ReadStanding {
  const { patience = PATIENCE, fetch = globalThis.fetch } = options;
  const client = komboClient({ baseUrl: options.baseUrl, apiKey: options.apiKey, patience, fetch });
  return async (integration) => {
    try {
      const { category, status } = await readIntegrationDetails(client, integration);
      return { category, state: states[status ?? ''] ?? 'unknown' };
    } catch (error) {
      if (isRunError(error) && error.code === 'PLATFORM.INTEGRATION_NOT_FOUND') {
        return { category: null, state: 'gone' };
      }
      throw error;
    }
  };
}

const states: Record<string, Standing['state']> = {
  ACTIVE: 'active',
  INVALID: 'invalid',
  INACTIVE: 'inactive',
};
