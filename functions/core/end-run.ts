import { describeBaseline } from '../contract/baseline.ts';
import { toolOf } from '../contract/integration-id.ts';
import type { Run } from './checkpoint.ts';
import { endHold } from './hold.ts';
import { slotOf } from './run-progress.ts';
import { countUnknownStatuses, listUnknownStatuses } from './set-aside-records.ts';
import { watermarkAfter } from './watermark.ts';
import { move, type Worker } from './worker.ts';

/** Ends a run whose passes are read: tells what there is to tell, and moves the watermark when the worker ends. */
export async function endRun(worker: Worker, run: Run): Promise<void> {
  const { ports, integration } = worker;
  const slot = slotOf(run.mode);
  const endedAt = new Date(ports.clock()).toISOString();
  await listUnknownStatuses(worker, run.unknownStatuses, run.updatedAfter === null);
  if (run.mode === 'baseline' && !run.disbelieved) {
    // Kept before it is told: the episode has one id, wherever a crash comes.
    await move(worker, worker.checkpoint);
    // A first sync may begin again after a crash here, and is still the same; one that a person forces is another one each time.
    const name = worker.checkpoint.watermark === null ? run.startEntry : run.startedAt;
    await ports.publisher.tell({
      type: 'IntegrationBaselined',
      detail: {
        version: 1,
        id: `${integration.id}/baselined/${name}`,
        integration: { id: integration.id, tool: toolOf(integration.id) },
        at: endedAt,
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
  worker.checkpoint = {
    ...worker.checkpoint,
    watermark,
    newestWatermark: (watermark ?? '') > (newestWatermark ?? '') ? watermark : newestWatermark,
    [slot]: null,
    ...(mode === 'reconcile' ? {} : { lastRun: last }),
    ...(mode === 'incremental' ? {} : { lastReconciliation: last }),
  };
}
