import * as z from 'zod/mini';
import { isRunError } from '../../core/errors.ts';
import type { KomboIntegrationStatus } from '../../core/operator/sync-with-kombo.ts';
import { type KomboClient, read } from './client.ts';
import type { operations } from './generated/api.d.ts';
import { servedAt, successOf } from './response.ts';

type UsersQuery = NonNullable<operations['readUsers']['parameters']['query']>;

const Details = successOf(
  z.object({
    data_expired_at: z.nullish(z.string()),
    category: z.nullish(z.string()),
    status: z.nullish(z.string()),
  }),
);

/** @throws the errors of `core/errors.ts` */
export async function readDataExpiredAt(client: KomboClient, integration: string): Promise<string | null> {
  return (await readDetails(client, integration)).data_expired_at ?? null;
}

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

/** How a learner is identified: by an e-mail address, or by the platform's own id. */
export type LearnerName = { email: string } | { remoteId: string };

/** An e-mail address is only compared, and never returned or stored. */
const Users = successOf(
  z.object({
    results: z.array(
      z.object({ id: z.string(), remote_id: z.nullish(z.string()), work_email: z.nullish(z.string()) }),
    ),
  }),
);

/**
 * Returns Kombo's ids of the learners with this e-mail address or id, including removed ones, from the first
 * page that Kombo returns.
 *
 * @throws the errors of `core/errors.ts`
 */
export function findLearners(client: KomboClient, integration: string, name: LearnerName): Promise<string[]> {
  const filter = 'email' in name ? { work_emails: name.email } : { remote_ids: name.remoteId };
  const query: UsersQuery = { page_size: 250, include_deleted: 'true', ...filter };
  return read(client, { path: '/lms/users', integration, query }, Users, ({ results }) => {
    // A server that does not support the filter returns all learners.
    const named = results.filter(({ remote_id, work_email }) =>
      'email' in name ? work_email?.toLowerCase() === name.email.toLowerCase() : remote_id === name.remoteId,
    );
    return named.map(({ id }) => id);
  });
}

const Owner = successOf(z.object({ environment_id: z.string().check(z.regex(/^[\w-]{1,100}$/)) }));

export type KeyOwner = {
  /** Kombo's id of the environment that the key belongs to. */
  environment: string;
  /** The time of the response by Kombo's clock (the `Date` header), in whole seconds. */
  servedAt: string;
};

/** @throws the errors of `core/errors.ts`; an AccessRefusedError when Kombo refuses the key */
export function readKeyOwner(client: KomboClient): Promise<KeyOwner> {
  return read(client, { path: '/check-api-key' }, Owner, ({ environment_id }, response) => ({
    environment: environment_id,
    servedAt: servedAt(response, client.host),
  }));
}
