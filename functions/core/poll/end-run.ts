import { describeBaseline } from '../../contract/baseline.ts';
import { decisionsAfter, endHold } from '../episodes/hold.ts';
import { envelope } from '../episodes/operational-event.ts';
import { change, save, type Worker } from '../journal/worker.ts';
import type { Run } from '../state/checkpoint.ts';
import { slotOf } from '../state/run-progress.ts';
import { watermarkAfter } from '../state/watermark.ts';
import { countUnknownStatuses, listUnknownStatuses } from './set-aside-records.ts';

/** Ends a run whose passes are read: publishes what ended, and moves the watermark. */
export async function endRun(worker: Worker, run: Run): Promise<void> {
  const { ports, integration } = worker;
  const slot = slotOf(run.mode);
  const endedAt = new Date(ports.clock()).toISOString();
  await listUnknownStatuses(worker, run.unknownStatuses, run.updatedAfter === null);
  if (run.mode === 'baseline' && !run.hasUntrusted) {
    // Save before publishing, so that a retry after a crash uses the same event id.
    await save(worker, worker.checkpoint);
    // A first sync that begins again after a crash here keeps its name. Each forced baseline has a name of its own.
    const name = worker.checkpoint.watermark === null ? run.startEntry : run.startedAt;
    await ports.publisher.notify({
      type: 'IntegrationBaselined',
      detail: {
        ...envelope(integration.id, `baselined/${name}`, ports.clock),
        baseline: describeBaseline(integration.baseline),
        progressions: worker.checkpoint.known,
        watermark: run.startedAt,
      },
    });
  }
  const { held } = worker.checkpoint;
  if (held !== null && slotOf(held.mode) === slot) await endHold(worker, 'resolved');

  const { mode, startedAt, pages, records, events, missed, setAside } = run;
  const unknownStatuses = countUnknownStatuses(run);
  const last = { mode, startedAt, endedAt, pages, records, events, missed, setAside, unknownStatuses };
  const watermark = watermarkAfter(worker.checkpoint.watermark, run);
  const { newestWatermark } = worker.checkpoint;
  change(worker, {
    watermark,
    newestWatermark: (watermark ?? '') > (newestWatermark ?? '') ? watermark : newestWatermark,
    [slot]: null,
    holdDecisions: decisionsAfter(worker.checkpoint, run),
    ...(mode === 'reconcile' ? {} : { lastRun: last }),
    ...(mode === 'incremental' ? {} : { lastReconciliation: last }),
  });
}
