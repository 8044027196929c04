import { join } from 'node:path';
import * as z from 'zod/mini';
import { createKombo } from '../functions/adapters/kombo/kombo.ts';
import { KOMBO_HOSTS, RemoteIds } from '../functions/contract/environment.ts';
import { DeploymentError } from '../functions/core/errors.ts';
import { type IdSetting, komboWithIds } from '../functions/remote-ids.ts';
import { startEmbeddedSchool } from './embedded-school.ts';
import { keptSecret } from './private-directory.ts';

export type LocalKombo = Awaited<ReturnType<typeof openLocalKombo>>;

/**
 * Opens Kombo's API with `KOMBO_API_KEY` and `KOMBO_BASE_URL`. Without a key, starts an embedded sandbox.
 *
 * @param directory where the sandbox's school and the key for hashed ids are stored
 * @throws DeploymentError when the variables are invalid
 */
export async function openLocalKombo(variables: Record<string, string | undefined>, directory: string) {
  const mode = z._default(RemoteIds, 'hash-emails').safeParse(variables['REMOTE_IDS']);
  if (!mode.success) throw new DeploymentError(`REMOTE_IDS must be one of ${RemoteIds.options.join(', ')}`);
  const ids: IdSetting = { mode: mode.data, key: () => keptSecret(join(directory, 'remote-ids-key')) };
  const apiKey = variables['KOMBO_API_KEY']?.trim() ?? '';
  const baseUrl = variables['KOMBO_BASE_URL']?.trim() || null;
  if (apiKey === '' && baseUrl !== null) {
    throw new DeploymentError(
      'KOMBO_BASE_URL is set, but there is no key for it: set KOMBO_API_KEY too, or unset KOMBO_BASE_URL to use the sandbox',
    );
  }
  const school = apiKey === '' ? await startEmbeddedSchool(directory) : null;
  const url = school?.url ?? (baseUrl ?? KOMBO_HOSTS.eu).replace(/\/+$/, '');
  const kombo = createKombo({ baseUrl: url, apiKey: async () => school?.apiKey ?? apiKey });
  return {
    /** Replaces the platforms' own ids according to `ids`. */
    kombo: komboWithIds(kombo, ids),
    ids,
    baseUrl: url,
    /** The clock of all local parts: the machine's clock or, with the sandbox, its school's clock. */
    clock: school?.now ?? (() => Date.now()),
    /** The school of the embedded sandbox; null if another server is polled. */
    school,
    close: async () => school?.close(),
  };
}
