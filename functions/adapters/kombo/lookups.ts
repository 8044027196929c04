import * as z from 'zod/mini';
import { isRunError } from '../../core/errors.ts';
import type { KomboIntegrationStatus } from '../../core/operator/sync-with-kombo.ts';
import { type KomboClient, read } from './client.ts';
import { servedAt, successOf } from './response.ts';

const Details = successOf(
  z.object({
    data_expired_at: z.nullish(z.string()),
    category: z.nullish(z.string()),
    status: z.nullish(z.string()),
  }),
);

/**
 * Returns the time from which the integration's data counts as expired, or null. Throws the errors of
 * `core/errors.ts`.
 */
export async function readDataExpiredAt(client: KomboClient, integration: string): Promise<string | null> {
  return (await readDetails(client, integration)).data_expired_at ?? null;
}

/**
 * Returns the state of an integration at Kombo: `gone` when Kombo does not find it. Throws the errors of
 * `core/errors.ts`.
 */
export async function readKomboStatus(
  client: KomboClient,
  integration: string,
): Promise<KomboIntegrationStatus> {
  try {
    const { category = null, status } = await readDetails(client, integration);
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

function readDetails(client: KomboClient, integration: string) {
  const path = `/integrations/${encodeURIComponent(integration)}`;
  return read(client, { path }, Details, (details) => details);
}

const Owner = successOf(z.object({ environment_id: z.string().check(z.regex(/^[\w-]{1,100}$/)) }));

export type KeyOwner = {
  /** Kombo's id of the environment that the key belongs to. */
  environment: string;
  /** The time of the response by Kombo's clock (the `Date` header), in whole seconds. */
  servedAt: string;
};

/**
 * Reads the owner of the API key.
 *
 * @throws the errors of `core/errors.ts`; an AccessRefusedError when Kombo refuses the key
 */
export function readKeyOwner(client: KomboClient): Promise<KeyOwner> {
  return read(client, { path: '/check-api-key' }, Owner, ({ environment_id }, response) => ({
    environment: environment_id,
    servedAt: servedAt(response, client.host),
  }));
}
