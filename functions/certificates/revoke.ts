import type { LearningEventDetail } from '../contract/learning-events.ts';
import { certificatePath } from './certificate-number.ts';
import type { CertificatePorts } from './ports.ts';

/**
 * Revokes the certificate of the completion that was taken back, where the deployment wants that. The mark is written
 * first and then looked for the certificate, as issuing stores first and then looks for the mark: whichever comes first,
 * a revoked certificate is never told of as issued afterwards.
 *
 * @param detail of a `CourseReopened`
 */
export async function revokeCertificate(
  detail: LearningEventDetail,
  { store, tell, clock }: CertificatePorts,
): Promise<'revoked' | 'none'> {
  const completedAt = detail.previous?.completedAt ?? null;
  // Without a date the certificate is filed under when it happened, which this event does not know.
  if (completedAt === null) return 'none';
  const path = certificatePath({
    integration: detail.integration.id,
    progression: detail.progression.id,
    completedAt,
  });
  const at = new Date(clock()).toISOString();
  await store.revoke(path, { event: detail.id, at });
  const kept = await store.find(path);
  if (kept === null) return 'none';
  await tell({
    type: 'CertificateRevoked',
    detail: {
      version: 1,
      id: `${kept.number}/revoked`,
      at,
      integration: detail.integration,
      certificate: { number: kept.number, bucket: store.bucket, key: store.keyOf(path) },
      progression: { id: detail.progression.id },
      learner: { id: detail.learner.id, remoteId: detail.learner.remoteId },
      course: detail.course,
      cause: { id: detail.id, type: 'CourseReopened' },
    },
  });
  return 'revoked';
}
