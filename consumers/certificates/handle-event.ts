import * as z from 'zod/mini';
import type { LearnerDetails } from '../../functions/contract/event-parts.ts';
import { messageOf } from '../../functions/contract/messages.ts';
import type { WorkflowEvent, WorkflowEventType } from '../../functions/contract/workflow-events.ts';
import { parseLearningEvent } from '../kit/parse.ts';
import { certificateFolder, pdfKey, verificationCode } from './certificate-number.ts';
import { type CertificateState, type IssuedCertificate, isErased, updateState } from './certificate-state.ts';
import { decideCertificates, withoutPublished } from './decide-certificates.ts';
import type { Certificate } from './drawing/draw-certificate.ts';
import type { CertificatePorts } from './ports.ts';
import { asShown, hasEffect, isShown, UnconfirmedEventError } from './shown-by-kombo.ts';

export type CertificatePolicy = {
  /** Whether a certificate is revoked when its course is no longer completed. */
  revoke: boolean;
  /** What happens to the PDFs, which contain the learner's name, when the learner's data is erased. */
  onErasure: 'keep' | 'delete';
};

export type CertificateParts = {
  ports: CertificatePorts;
  draw: (certificate: Certificate) => Promise<Uint8Array>;
  policy: CertificatePolicy;
};

type IssuedEvent = Extract<WorkflowEvent, { type: 'CertificateIssued' }>;

/**
 * Handles an event in four steps: decide and save the decision, draw, publish, save that it is published. A
 * change is saved only if Kombo's current record agrees with the event. The decision is saved first, so that
 * a retry after a failure at any step draws and publishes the same certificates with the same event ids. The
 * progression's next event also finishes the steps that a failed call did not finish.
 *
 * @param sent the event as a rule sends it
 * @returns the types of the events that were published
 * @throws UnconfirmedEventError when Kombo's record does not agree with the event. The queue retries, because
 *   a later event may explain the difference
 */
export async function handleEvent(
  sent: unknown,
  { ports, draw, policy }: CertificateParts,
): Promise<WorkflowEventType[]> {
  const event = parseLearningEvent(sent);
  const { bucket, kombo, notify, clock, randomBytes } = ports;
  const { integration, progression } = event.detail;
  const folder = certificateFolder({ integration: integration.id, progression: progression.id });
  const context = {
    revoke: policy.revoke,
    bucket: bucket.name,
    at: new Date(clock()).toISOString(),
    code: verificationCode(randomBytes(12)),
  };
  let reading: ReturnType<typeof kombo.readByIds> | null = null;
  const readRecord = async () => {
    reading ??= kombo.readByIds(integration.id, [progression.id]);
    return (await reading).records[0] ?? null;
  };
  const decided = await updateState(bucket, folder, async (state) => {
    const claimed = decideCertificates(state, event, context);
    if (claimed === state) return state;
    const record = await readRecord();
    if (isShown(event, record)) return decideCertificates(state, asShown(event, record), context);
    // An event that does not agree with Kombo's record is skipped if it has no effect: Schoolbell publishes
    // another event for what the record shows.
    if (!hasEffect(state, claimed)) return state;
    throw new UnconfirmedEventError(
      `Kombo's record does not agree with the event ${event.type} ${event.detail.id}`,
    );
  });
  for (const unpublished of decided.unpublished) {
    if (unpublished.type === 'CertificateIssued') await drawOnce(decided, unpublished);
    await notify(unpublished);
  }
  const saved = await updateState(bucket, folder, (state) => withoutPublished(state, decided.unpublished));
  // PDFs are deleted at each later event too, because another worker may have stored one during the erasure.
  for (const certificate of saved.certificates) {
    if (isDeleted(saved, certificate)) await bucket.remove(pdfKey(folder, certificate.number));
  }
  return decided.unpublished.map(({ type }) => type);

  function isDeleted(state: CertificateState, certificate: IssuedCertificate): boolean {
    return policy.onErasure === 'delete' && isErased(state, certificate);
  }

  async function drawOnce(state: CertificateState, { detail }: IssuedEvent): Promise<void> {
    const { number, key } = detail.certificate;
    const certificate = state.certificates.find((issued) => issued.number === number);
    if (!certificate) throw new Error(`Certificate ${number} is not in the state of its progression`);
    if (isDeleted(state, certificate) || (await bucket.has(key))) return;
    const pdf = await draw({
      number,
      code: certificate.code,
      learnerName: fullName((await readRecord())?.learnerDetails ?? null),
      learnerReference: detail.learner.remoteId ?? detail.learner.id,
      courseTitle: detail.course.title,
      completedAt: detail.completedAt,
    });
    await bucket.add(key, pdf);
  }
}

function fullName(details: LearnerDetails | null): string | null {
  const name = [details?.firstName, details?.lastName].filter((part) => part).join(' ');
  return name.trim() === '' ? null : name;
}

/** Each call gets one event. An event that fails five times becomes a dead letter. */
export function certificatesHandler(
  parts: CertificateParts & { report: (published: WorkflowEventType[]) => void },
) {
  return async (event: unknown): Promise<void> => {
    parts.report(await handleEvent(messageOf(z.unknown(), event), parts));
  };
}
