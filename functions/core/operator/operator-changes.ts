import type { Baseline, Integration } from '../../contract/integration.ts';
import { withoutCount } from '../episodes/hold.ts';
import { change, save, type Worker } from '../journal/worker.ts';
import type { Run } from '../state/checkpoint.ts';

type WatermarkSet =
  | { kind: 'set'; before: string; after: string; endedRun: Run | null }
  | { kind: 'refused'; reason: string };

/**
 * Sets the watermark and ends the run in progress. If the new watermark is earlier, the changes since then
 * are read again, and only missed ones are published. Must be called within `withLease`.
 *
 * @param force allows a later watermark, although no run has read the changes before it
 */
export function setWatermark(worker: Worker, time: string, { force }: { force: boolean }): WatermarkSet {
  const { checkpoint, ports, integration } = worker;
  const before = checkpoint.watermark;
  const after = new Date(time).toISOString();
  const refuse = (reason: string): WatermarkSet => ({ kind: 'refused', reason });
  if (before === null) {
    return refuse(`${integration.id} has no watermark yet: its first sync reads everything.`);
  }
  const now = ports.clock();
  if (Date.parse(after) > now)
    return refuse(`${after} is in the future: it is now ${new Date(now).toISOString()}.`);
  if (after > before && !force) {
    return refuse(
      `The watermark of ${integration.id} is ${before}. With the later watermark ${after}, only the next reconciliation finds the changes between the two times. To do this anyway, add --force.`,
    );
  }
  change(worker, { ...withoutCount(checkpoint, 'run'), watermark: after, run: null });
  return { kind: 'set', before, after, endedRun: checkpoint.run };
}

/** Pauses, resumes or removes an integration. The checkpoint stays: entry numbers never start again at 1. */
export async function changeState(worker: Worker, state: Integration['state']): Promise<Integration> {
  const { integration, ports } = worker;
  const stored = await ports.store.changeIntegration(
    integration.id,
    (before) => before && withState(before, state),
  );
  // `stored` is never null, because settings are never deleted.
  return stored ?? integration;
}

/**
 * Adds a removed integration again. Without a baseline, polls continue at its watermark. With a baseline, the
 * next poll is a first sync, and the baseline's setting determines which changes since the watermark are
 * published, including those that were held.
 *
 * @returns the stored settings, which are unchanged if another command has added the integration
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
    // Save before the integration becomes active. Otherwise, a poll could publish the changes since the
    // watermark before the baseline is requested.
    await save(worker, { ...checkpoint, watermark: null, baselineStart: checkpoint.entry, run: null });
  }
  const stored = await ports.store.changeIntegration(integration.id, (before) =>
    before?.state === 'removed'
      ? { id: before.id, state: 'active', baseline: baseline ?? before.baseline, addedAt }
      : before,
  );
  return stored ?? integration;
}

/** Returns the settings with another state. A removed integration stays removed until it is added again. */
export function withState(
  { pausedBy: before, ...settings }: Integration,
  state: Integration['state'],
  pausedBy?: Integration['pausedBy'],
): Integration {
  return settings.state === 'removed' ? settings : { ...settings, state, ...(pausedBy && { pausedBy }) };
}
