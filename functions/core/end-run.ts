import { describeBaseline } from '../contract/baseline.ts';
import { toolOf } from '../contract/integration-id.ts';
import type { Run } from './checkpoint.ts';
import { endHold } from './hold.ts';
import { slotOf } from './run-progress.ts';
import { watermarkAfter } from './watermark.ts';
import { move, type Worker } from './worker.ts';

/** Ends a run whose passes are read: tells what there is to tell, and moves the watermark when the worker ends. */
export async function endRun(worker: Worker, run: Run): Promise<void> {
  const { ports, integration } = worker;
  const slot = slotOf(run.mode);
  const endedAt = new Date(ports.clock()).toISOString();
  if (run.mode === 'baseline' && !run.disbelieved) {
    // Kept before it is told: the episode has one id, wherever a crash comes.
    await move(worker, worker.checkpoint);
    await ports.publisher.tell({
      type: 'IntegrationBaselined',
      detail: {
        version: 1,
        id: `${integration.id}/baselined/${run.startEntry}`,
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
  const last = { mode, startedAt, endedAt, pages, records, events, missed, setAside };
  const { allowance, watermark } = worker.checkpoint;
  worker.checkpoint = {
    ...worker.checkpoint,
    watermark: watermarkAfter(watermark, run),
    allowance: allowance !== null && slotOf(allowance.mode) === slot ? null : allowance,
    [slot]: null,
    ...(mode === 'reconcile' ? {} : { lastRun: last }),
    ...(mode === 'incremental' ? {} : { lastReconciliation: last }),
  };
}
