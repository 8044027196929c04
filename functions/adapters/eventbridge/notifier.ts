import type { OperationalEvent } from '../../contract/operational-events.ts';
import type { WorkflowEvent } from '../../contract/workflow-events.ts';
import { TransientError } from '../../core/errors.ts';
import { operationalEntry } from './entry.ts';
import { entrySize } from './entry-size.ts';
import type { PutEvents } from './put-events.ts';
import { RETRY_BUDGET, type RetryBudget, sendBatch } from './send-batch.ts';

/**
 * Publishes one operational event, or one of a workflow. What is not accepted is tried again for 10 seconds by default.
 *
 * @throws TransientError or DeploymentError when EventBridge did not confirm it
 */
export function createNotifier(options: { putEvents: PutEvents; bus: string; patience?: RetryBudget }) {
  const { putEvents, bus, patience = RETRY_BUDGET } = options;
  return async (event: OperationalEvent | WorkflowEvent): Promise<void> => {
    const entry = operationalEntry(event, bus);
    const { accepted, refused, error } = await sendBatch([{ index: 0, entry, size: entrySize(entry) }], {
      putEvents,
      bus,
      patience,
      abandoned: () => false,
    });
    if (accepted.length === 1) return;
    if (error !== null) throw error;
    // Nobody sets such an event aside: it stays unpublished, and the next run publishes it.
    const reason = refused[0]?.reason ?? null;
    throw new TransientError(`EventBridge refuses ${event.type}: ${reason}`, { code: reason });
  };
}
