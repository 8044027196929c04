import { change, type Worker } from '../journal/worker.ts';
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
