import type { Baseline } from '../contract/baseline.ts';
import type { Integration } from '../contract/integration.ts';
import type { IntegrationId } from '../contract/integration-id.ts';
import { TransientError } from './errors.ts';
import { changeState, operate } from './operate.ts';
import type { Ports, RunSettings } from './ports.ts';

/** How an integration stands at Kombo now. `unknown`: Kombo says something that this program does not know. */
export type Standing = {
  category: string | null;
  state: 'active' | 'invalid' | 'inactive' | 'gone' | 'unknown';
};

/** Reads how an integration stands at Kombo. Throws the errors of `errors.ts`. */
export type ReadStanding = (integration: IntegrationId) => Promise<Standing>;

export type FollowParts = {
  ports: Ports;
  settings: RunSettings;
  readStanding: ReadStanding;
  /** Of an integration that is added. */
  baseline: Baseline;
};

/**
 * Brings an integration to where it stands at Kombo. What a webhook said is not believed: webhooks come late and out of
 * order.
 *
 * @param why `created`: an integration that is not known is added
 * @param owner unique to this call
 * @returns the integration, or null when it is not one of ours
 * @throws TransientError while a poll holds its lease: to be tried again
 */
export async function followKombo(
  parts: FollowParts,
  id: IntegrationId,
  why: 'created' | 'changed',
  owner: string,
): Promise<Integration | null> {
  const { ports, settings } = parts;
  const known = await ports.store.readIntegration(id);
  if (known === null && why === 'changed') return null;
  const step = nextStep(known, await parts.readStanding(id));
  if (step === 'none') return known;
  if (known === null) {
    const addedAt = new Date(ports.clock()).toISOString();
    const added: Integration = { id, state: 'active', baseline: parts.baseline, addedAt };
    await ports.store.writeIntegration(added);
    return added;
  }
  const operated = await operate(ports, settings, known, owner, (worker) =>
    step === 'pause' ? changeState(worker, 'paused', 'kombo') : changeState(worker, 'active'),
  );
  if (!operated.done) {
    throw new TransientError(`${id} is being polled and cannot be changed before ${operated.busyUntil}`);
  }
  return operated.result;
}

/**
 * What to do about an integration that stands so. An integration whose credentials are invalid is left to its health,
 * which tells its operator; one that a person paused or removed stays so.
 */
export function nextStep(known: Integration | null, standing: Standing): 'add' | 'pause' | 'resume' | 'none' {
  const isThere = standing.state === 'active' || standing.state === 'invalid';
  if (known === null) return isThere && standing.category === 'LMS' ? 'add' : 'none';
  const isGone = standing.state === 'gone' || standing.state === 'inactive';
  if (known.state === 'active' && isGone) return 'pause';
  if (known.state === 'paused' && known.pausedBy === 'kombo' && standing.state === 'active') return 'resume';
  return 'none';
}
