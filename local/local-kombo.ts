import { createKombo, type KomboAdapter } from '../functions/adapters/kombo/kombo.ts';
import { KOMBO_HOSTS } from '../functions/contract/environment.ts';
import { DeploymentError } from '../functions/core/errors.ts';
import type { Clock } from '../functions/core/ports.ts';
import { type EmbeddedSchool, startEmbeddedSchool } from './embedded-school.ts';

export type LocalKombo = {
  kombo: KomboAdapter;
  baseUrl: string;
  /** The machine's clock, or that of the sandbox's school: everything here lives in its time. */
  clock: Clock;
  /** The school behind the sandbox; null where a real API, or a server that speaks like it, is polled. */
  school: EmbeddedSchool | null;
  close(): Promise<void>;
};

/**
 * Kombo's API as the environment names it by `KOMBO_API_KEY` and `KOMBO_BASE_URL`; without a key, an embedded sandbox.
 *
 * @param directory where the sandbox's school is kept
 * @throws DeploymentError when the environment makes no sense
 */
export async function openLocalKombo(
  variables: Record<string, string | undefined>,
  directory: string,
): Promise<LocalKombo> {
  const apiKey = variables['KOMBO_API_KEY']?.trim() ?? '';
  const baseUrl = variables['KOMBO_BASE_URL']?.trim() || null;
  if (apiKey !== '') {
    const url = (baseUrl ?? KOMBO_HOSTS.eu).replace(/\/+$/, '');
    const kombo = createKombo({ baseUrl: url, apiKey: async () => apiKey });
    return { kombo, baseUrl: url, clock: () => Date.now(), school: null, close: async () => {} };
  }
  if (baseUrl !== null) {
    throw new DeploymentError(
      'KOMBO_BASE_URL is set, but there is no key for it: set KOMBO_API_KEY too, or unset KOMBO_BASE_URL to use the sandbox',
    );
  }
  const school = await startEmbeddedSchool(directory);
  return {
    kombo: createKombo({ baseUrl: school.url, apiKey: async () => school.apiKey }),
    baseUrl: school.url,
    clock: school.now,
    school,
    close: school.close,
  };
}
