import * as z from 'zod/mini';
import { learningEvents } from '../contract/learning-events.ts';
import type { Certificate } from './certificate.ts';
import { issueCertificate } from './issue.ts';
import type { CertificatePorts } from './ports.ts';
import { revokeCertificate } from './revoke.ts';

const name = <Type extends string>(type: Type) => z.enum([type, `Replayed${type}`]);

/** What the rule brings: other events are a mistake in its pattern. */
const CertificateEvent = z.union([
  z.object({ 'detail-type': name('CourseCompleted'), detail: learningEvents.CourseCompleted }),
  z.object({ 'detail-type': name('CourseRecompleted'), detail: learningEvents.CourseRecompleted }),
  z.object({ 'detail-type': name('CourseReopened'), detail: learningEvents.CourseReopened }),
]);

/** An SQS event, as far as it is needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

export type CertificateParts = {
  ports: CertificatePorts;
  draw: (certificate: Certificate) => Promise<Uint8Array>;
  revokes: boolean;
  report: (outcome: 'issued' | 'revoked' | 'none') => void;
  failed: (error: unknown) => void;
};

/** Takes events from the queue; those that fail stay in it, and the others are done. */
export function certificatesHandler(parts: CertificateParts) {
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

/** One event as a rule hands it over. */
export async function takeEvent(
  event: unknown,
  { ports, draw, revokes }: Pick<CertificateParts, 'ports' | 'draw' | 'revokes'>,
): Promise<'issued' | 'revoked' | 'none'> {
  const taken = CertificateEvent.parse(event);
  switch (taken['detail-type']) {
    case 'CourseCompleted':
    case 'ReplayedCourseCompleted':
      return issueCertificate({ type: 'CourseCompleted', detail: taken.detail }, draw, ports);
    case 'CourseRecompleted':
    case 'ReplayedCourseRecompleted':
      return issueCertificate({ type: 'CourseRecompleted', detail: taken.detail }, draw, ports);
    case 'CourseReopened':
    case 'ReplayedCourseReopened':
      return revokes ? revokeCertificate(taken.detail, ports) : 'none';
  }
}
