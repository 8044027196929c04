import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { LearningEventDetail } from '../../functions/contract/learning-events.ts';
import type { WorkflowEventType } from '../../functions/contract/workflow-events.ts';
import { type CertificateParts, handleEvent } from './handle-event.ts';

/** What the rule brings, live or replayed. */
export const CertificateEvent = z.object({
  'detail-type': z.pipe(
    z.pipe(
      z.string(),
      z.transform((name) => name.replace(/^Replayed/, '')),
    ),
    LearningEventType,
  ),
  detail: LearningEventDetail,
});

/** An SQS event, as far as it is needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

export type CertificateReports = {
  report: (published: WorkflowEventType[]) => void;
  failed: (error: unknown) => void;
};

/** Takes events from the queue; those that fail stay in it, and the others are done. */
export function certificatesHandler(parts: CertificateParts & CertificateReports) {
  return async (event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> => {
    const batchItemFailures = [];
    for (const { messageId, body } of QueueEvent.parse(event).Records) {
      try {
        parts.report(await takeEvent(JSON.parse(body), parts));
      } catch (error) {
        parts.failed(error);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

/** Takes one event as a rule hands it over. */
export async function takeEvent(event: unknown, parts: CertificateParts): Promise<WorkflowEventType[]> {
  const { 'detail-type': type, detail } = CertificateEvent.parse(event);
  return handleEvent({ type, detail }, parts);
}
