import type { Baseline, Integration, IntegrationId } from '../../contract/integration.ts';
import { TransientError } from '../errors.ts';
import type { Ports, RunSettings } from '../ports.ts';
import { withState } from './operator-changes.ts';
import { withLease } from './with-lease.ts';

/** How an integration stands at Kombo now. `unknown`: Kombo says something that this program does not know. */
export type KomboIntegrationStatus = {
  category: string | null;
  state: 'active' | 'invalid' | 'inactive' | 'gone' | 'unknown';
};

/** Reads how an integration stands at Kombo. Throws the errors of `errors.ts`. */
export type ReadKomboStatus = (integration: IntegrationId) => Promise<KomboIntegrationStatus>;

export type SyncParts = {
  ports: Ports;
  settings: RunSettings;
  readKomboStatus: ReadKomboStatus;
  /** The baseline of an integration that this adds. */
  baseline: Baseline;
};

/**
 * Brings an integration to where it stands at Kombo. What a webhook said is not believed: webhooks come late and out of
 * order. Kombo is asked as the only worker on the integration, so that an older answer never replaces a later one.
 *
 * @param why `created`: an integration that is not known is added
 * @param owner unique to this call
 * @returns the integration, or null when it is not one of ours
 * @throws TransientError while a poll holds its lease: to be tried again
 */
export async function syncWithKombo(
  { ports, settings, readKomboStatus, baseline }: SyncParts,
  id: IntegrationId,
  why: 'created' | 'changed',
  owner: string,
): Promise<Integration | null> {
  const { store, clock } = ports;
  const known = await store.readIntegration(id);
  if (known === null) {
    if (why === 'changed' || !isOurs(await readKomboStatus(id))) return null;
    const addedAt = new Date(clock()).toISOString();
    return store.changeIntegration(id, (stored) => stored ?? { id, state: 'active', baseline, addedAt });
  }
  const operated = await withLease(ports, settings, known, owner, async () => {
    const standing = await readKomboStatus(id);
    return store.changeIntegration(id, (stored) => stored && withKomboStatus(stored, standing));
  });
  if (!operated.done) {
    throw new TransientError(`${id} is being polled and cannot be changed before ${operated.busyUntil}`);
  }
  return operated.result;
}

/** Whether an integration that is not known is to be added. */
export function isOurs({ category, state }: KomboIntegrationStatus): boolean {
  return category === 'LMS' && (state === 'active' || state === 'invalid');
}

/**
 * The settings of an integration that stands so. One whose credentials are invalid is left to its health, which notifies
 * its operator; one that a person paused or removed stays so.
 */
export function withKomboStatus(stored: Integration, { state }: KomboIntegrationStatus): Integration {
  const isGone = state === 'gone' || state === 'inactive';
  if (stored.state === 'active' && isGone) return withState(stored, 'paused', 'kombo');
  if (stored.state === 'paused' && stored.pausedBy === 'kombo' && state === 'active') {
    return withState(stored, 'active');
  }
  return stored;
}
