import { isRunError } from '../../core/errors.ts';
import type { KomboIntegrationStatus } from '../../core/operator/sync-with-kombo.ts';
import type { KomboClient } from './client.ts';
import { readIntegrationDetails } from './integration-details.ts';

/** How an integration stands at Kombo, from its details. One that Kombo does not find is gone. */
export async function readKomboStatus(
  client: KomboClient,
  integration: string,
): Promise<KomboIntegrationStatus> {
  try {
    const { category, status } = await readIntegrationDetails(client, integration);
    return { category, state: states[status ?? ''] ?? 'unknown' };
  } catch (error) {
    if (isRunError(error) && error.code === 'PLATFORM.INTEGRATION_NOT_FOUND') {
      return { category: null, state: 'gone' };
    }
    throw error;
  }
}

const states: Record<string, KomboIntegrationStatus['state']> = {
  ACTIVE: 'active',
  INVALID: 'invalid',
  INACTIVE: 'inactive',
};
