import type { Baseline, Integration } from '../../contract/integration.ts';
import { change, save, type Worker } from '../journal/worker.ts';
import type { Run } from '../state/checkpoint.ts';

export type WatermarkSet =
  | { kind: 'set'; before: string; after: string; endedRun: Run | null }
  /** Why not, in one line. */
  | { kind: 'refused'; reason: string };

/**
 * Moves the live watermark for a re-read and ends the run in progress: the next run asks Kombo for what changed since
 * the new watermark less the overlap. Going back is cheap, and silent unless something was missed. To be called within
 * `operate`.
 *
 * @param force whether it may move forward, over changes that no run has read
 */
export function setWatermark(worker: Worker, time: string, { force }: { force: boolean }): WatermarkSet {
  const { checkpoint, ports, integration } = worker;
  const before = checkpoint.watermark;
  const after = new Date(time).toISOString();
  const refuse = (reason: string): WatermarkSet => ({ kind: 'refused', reason });
  if (before === null) {
    return refuse(`${integration.id} has no watermark yet: its first sync reads everything.`);
  }
  if (Date.parse(after) > ports.clock()) return refuse(`${after} lies in the future.`);
  if (after > before && !force) {
    return refuse(
      `The watermark of ${integration.id} is ${before}: moved forward to ${after}, what changed between them would be read by the next reconciliation only. Insist with --force.`,
    );
  }
  change(worker, { watermark: after, run: null });
  return { kind: 'set', before, after, endedRun: checkpoint.run };
}

/**
 * Pauses, resumes or removes an integration; a removed one stays removed. Its checkpoint stays, so that the journal's
 * numbers never start over.
 *
 * @returns the settings that are stored then
 */
export async function changeState(worker: Worker, state: Integration['state']): Promise<Integration> {
  const { integration, ports } = worker;
  const stored = await ports.store.changeIntegration(
    integration.id,
    (before) => before && withState(before, state),
  );
  // Settings are never deleted.
  return stored ?? integration;
}

/**
 * Lets a removed integration be polled again. Without a baseline it goes on at its watermark. With one it is synced as if
 * for the first time: the baseline decides what is published of what happened meanwhile, and of changes that were held.
 *
 * @returns the settings that are stored then: unchanged if somebody else has added it
 */
export async function addAgain(
  worker: Worker,
  { baseline, addedAt }: { baseline: Baseline | null; addedAt: string },
): Promise<Integration> {
  const { integration, ports } = worker;
  const found = await ports.store.readIntegration(integration.id);
  if (found !== null && found.state !== 'removed') return found;
  if (baseline !== null) {
    const { checkpoint } = worker;
    // Save before a poll can find the integration active: it would publish what happened since the watermark.
    await save(worker, { ...checkpoint, watermark: null, baselineStart: checkpoint.entry, run: null });
  }
  const stored = await ports.store.changeIntegration(integration.id, (before) =>
    before?.state === 'removed'
      ? { id: before.id, state: 'active', baseline: baseline ?? before.baseline, addedAt }
      : before,
  );
  return stored ?? integration;
}

/**
 * The settings with another state. What a person removed comes back by being added alone.
 *
 * @param pausedBy `kombo` when no person asked for it
 */
export function withState(
  { pausedBy: before, ...settings }: Integration,
  state: Integration['state'],
  pausedBy?: Integration['pausedBy'],
): Integration {
  return settings.state === 'removed' ? settings : { ...settings, state, ...(pausedBy && { pausedBy }) };
}
