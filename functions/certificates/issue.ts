import type { LearnerDetails } from '../contract/learner.ts';
import type { LearningEventDetail } from '../contract/learning-events.ts';
import type { Certificate } from './certificate.ts';
import {
  type Completion,
  certificateNumber,
  certificatePath,
  verificationCode,
} from './certificate-number.ts';
import type { CertificatePorts, Kept } from './ports.ts';

/** A completion as an event tells it. */
export type CompletionEvent = { type: 'CourseCompleted' | 'CourseRecompleted'; detail: LearningEventDetail };

/**
 * Issues the certificate of a completion: draws it, stores it, tells of it. Each step is made once or comes out the same
 * each time, so the whole can be tried again after any failure and for any repeated event: a certificate that is there
 * is not drawn again, only told of again, under the same id.
 *
 * @param draw the PDF of a certificate
 */
export async function issueCertificate(
  { type, detail }: CompletionEvent,
  draw: (certificate: Certificate) => Promise<Uint8Array>,
  ports: CertificatePorts,
): Promise<'issued' | 'revoked'> {
  const { store } = ports;
  const completion = completionOf(detail);
  const path = certificatePath(completion);
  const kept = (await store.find(path)) ?? (await drawAndKeep());
  if (await store.isRevoked(path)) return 'revoked';
  await ports.tell({
    type: 'CertificateIssued',
    detail: {
      version: 1,
      id: `${kept.number}/issued`,
      at: kept.at,
      integration: detail.integration,
      certificate: { number: kept.number, bucket: store.bucket, key: store.keyOf(path) },
      progression: { id: detail.progression.id },
      learner: { id: detail.learner.id, remoteId: detail.learner.remoteId },
      course: detail.course,
      completedAt: completion.completedAt,
      cause: { id: detail.id, type },
    },
  });
  return 'issued';

  async function drawAndKeep(): Promise<Kept> {
    const fresh = {
      number: certificateNumber(completion),
      code: verificationCode(ports.randomBytes(12)),
      at: new Date(ports.clock()).toISOString(),
    };
    const pdf = await draw({
      number: fresh.number,
      code: fresh.code,
      learnerName: fullName(await detailsOf(detail, ports)),
      learnerReference: detail.learner.remoteId ?? detail.learner.id,
      courseTitle: detail.course.title,
      completedAt: completion.completedAt,
    });
    return store.keep(path, fresh, pdf);
  }
}

/** The completion that an event is about; where the platform gives no date, it is when it happened as best known. */
export function completionOf({ integration, progression, occurredAt }: LearningEventDetail): Completion {
  return {
    integration: integration.id,
    progression: progression.id,
    completedAt: progression.completedAt ?? occurredAt,
  };
}

/** The names that the event carries; where the deployment leaves them out, Kombo is asked. */
async function detailsOf(
  detail: LearningEventDetail,
  ports: CertificatePorts,
): Promise<LearnerDetails | null> {
  const { firstName, lastName, email } = detail.learner;
  if (firstName || lastName) {
    return { firstName: firstName ?? null, lastName: lastName ?? null, email: email ?? null };
  }
  return ports.nameOf(detail.integration.id, detail.progression.id);
}

function fullName(details: LearnerDetails | null): string | null {
  const name = [details?.firstName, details?.lastName].filter((part) => part).join(' ');
  return name.trim() === '' ? null : name;
}
