import type { PollMode } from '../contract/poll-mode.ts';
import { type DecidedPage, decidePage, speaksOfRemovals } from './decide-page.ts';
import type { ObservedProgression } from './observed-progression.ts';
import { slotOf } from './run-progress.ts';
import type { Worker } from './worker.ts';

/**
 * Reads what is known of the records and decides them. Kombo is asked whether the integration's data is valid only when
 * a record speaks of a removal.
 *
 * @param run its mode, and the journal's number when it began
 * @param withAllowance whether what a person let through passes; otherwise everything is counted
 */
export async function decideAgainstKnown(
  worker: Worker,
  run: { mode: PollMode; startEntry: number },
  records: ObservedProgression[],
  withAllowance: boolean,
): Promise<DecidedPage> {
  const { ports, settings, integration, checkpoint } = worker;
  const ids = records.map(({ state }) => state.id);
  const known = await ports.store.readKnown(integration.id, ids, records);
  const dataExpired =
    speaksOfRemovals(records, known) && (await ports.kombo.readDataExpiredAt(integration.id)) !== null;
  const { allowance } = checkpoint;
  const applies = withAllowance && allowance !== null && slotOf(allowance.mode) === slotOf(run.mode);
  return decidePage(records, known, {
    mode: run.mode,
    baseline: integration.baseline,
    startEntry: run.startEntry,
    entry: checkpoint.entry + 1,
    watermark: checkpoint.watermark,
    overlapMs: settings.overlapMs,
    dataExpired,
    allowance: applies ? allowance : null,
    detectedAt: new Date(ports.clock()).toISOString(),
  });
}
