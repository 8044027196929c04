import type { PollMode } from '../../contract/messages.ts';
import type { Checkpoint } from './checkpoint.ts';

/**
 * What a run asks Kombo for: what changed since the watermark less the overlap, or everything (null). The overlap covers
 * what becomes visible late and clocks that differ a little; how late a write shows is documented nowhere.
 */
export function updatedAfter(mode: PollMode, watermark: string | null, overlapMs: number): string | null {
  if (mode !== 'incremental' || watermark === null) return null;
  return new Date(Date.parse(watermark) - overlapMs).toISOString();
}

/**
 * The earlier of two clocks that saw the start of a run. Kombo's clock ahead of the truth would hide what changes until then,
 * and so would the machine's: an earlier start only costs reads.
 */
export function earlierOf(a: string, b: string): string {
  return a < b ? a : b;
}

/**
 * The watermark after a run: the run's start. It stays where it is after a reconciliation, and after a
 * run that did not believe everything it read.
 */
export function watermarkAfter(
  watermark: Checkpoint['watermark'],
  run: { mode: PollMode; startedAt: string; hasUntrusted: boolean },
): Checkpoint['watermark'] {
  return run.mode === 'reconcile' || run.hasUntrusted ? watermark : run.startedAt;
}
