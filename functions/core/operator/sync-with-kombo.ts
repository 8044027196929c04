import type { Baseline, Integration, IntegrationId } from '../../contract/integration.ts';
import { failureOf, recordFailure } from '../episodes/health.ts';
import { IntegrationError } from '../errors.ts';
import type { Ports, RunSettings } from '../ports.ts';
import { withState } from './operator-changes.ts';
import { withLease } from './with-lease.ts';

/** `gone`: Kombo does not find the integration. `unknown`: a state that Schoolbell does not know. */
export type KomboIntegrationStatus = {
  category: string | null;
  state: 'active' | 'invalid' | 'inactive' | 'gone' | 'unknown';
};

/** Throws the errors of `errors.ts`. */
export type ReadKomboStatus = (integration: IntegrationId) => Promise<KomboIntegrationStatus>;

type SyncParts = {
  ports: Ports;
  settings: RunSettings;
  readKomboStatus: ReadKomboStatus;
  /** The baseline of integrations that `syncWithKombo` adds. */
  baseline: Baseline;
};

/**
 * Adds, pauses or resumes an integration according to its status at Kombo. It does not use the content of the
 * webhook that requested this, since webhooks arrive late and out of order. The status of a known integration
 * is requested under its lease, so that an older response never replaces a later one.
 *
 * @param why with `created`, an unknown integration is added if `isOurs` returns true
 * @returns the integration, or null if it is unknown and was not added. `busyUntil`: nothing was done, because
 *   a poll or a command holds the lease until this time, unless it renews it
 * @throws the errors of `errors.ts` when the status cannot be read
 */
export async function syncWithKombo(
  { ports, settings, readKomboStatus, baseline }: SyncParts,
  id: IntegrationId,
  why: 'created' | 'changed',
  owner: string,
): Promise<Integration | null | { busyUntil: string }> {
  const { store, clock } = ports;
  const known = await store.readIntegration(id);
  if (known === null) {
    if (why === 'changed' || !isOurs(await readKomboStatus(id))) return null;
    const addedAt = new Date(clock()).toISOString();
    return store.changeIntegration(id, (stored) => stored ?? { id, state: 'active', baseline, addedAt });
  }
  const outcome = await withLease(ports, settings, known, owner, async (worker) => {
    const status = await readKomboStatus(id);
    const before = await store.readIntegration(id);
    // Notify before pausing: after a crash, the queue delivers the message again, and the event keeps its id.
    if (before?.state === 'active' && withKomboStatus(before, status).state === 'paused') {
      await recordFailure(worker, failureOf(pauseReason(id, status)));
    }
    return store.changeIntegration(id, (stored) => stored && withKomboStatus(stored, status));
  });
  return outcome.done ? outcome.result : { busyUntil: outcome.busyUntil };
}

/** Why an integration is paused. The next poll after the pause publishes `IntegrationRecovered`. */
function pauseReason(id: IntegrationId, { state }: KomboIntegrationStatus): IntegrationError {
  const why =
    state === 'gone'
      ? 'Kombo does not find the integration (it was deleted, or the API key belongs to another environment)'
      : 'The integration is switched off in Kombo';
  return new IntegrationError(
    `${why}, so it was paused. It is resumed when Kombo reports that it is active, or with: schoolbell resume ${id}`,
  );
}

/** Returns whether an unknown integration is to be added. */
export function isOurs({ category, state }: KomboIntegrationStatus): boolean {
  return category === 'LMS' && (state === 'active' || state === 'invalid');
}

/**
 * Invalid credentials change nothing here: the next run fails, and the operator is notified. An integration
 * that a person paused or removed stays paused or removed.
 */
export function withKomboStatus(stored: Integration, { state }: KomboIntegrationStatus): Integration {
  const isGone = state === 'gone' || state === 'inactive';
  if (stored.state === 'active' && isGone) return withState(stored, 'paused', 'kombo');
  if (stored.pausedBy === 'kombo' && state === 'active') return withState(stored, 'active');
  return stored;
}
