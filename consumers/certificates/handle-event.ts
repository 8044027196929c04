import * as z from 'zod/mini';
import type { LearnerDetails } from '../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../functions/contract/learning-events.ts';
import type { WorkflowEvent, WorkflowEventType } from '../../functions/contract/workflow-events.ts';
import { parseLearningEvent } from '../kit/parse.ts';
import { certificateFolder, pdfKey, verificationCode } from './certificate-number.ts';
import { type CertificateState, isErased } from './certificate-state.ts';
import { decideCertificates, withoutPublished } from './decide-certificates.ts';
import type { Certificate } from './drawing/draw-certificate.ts';
import type { CertificatePorts } from './ports.ts';
import { asShown, hasEffect, isShown, UnconfirmedEventError } from './shown-by-kombo.ts';
import { updateState } from './update-state.ts';

/** What a deployment decides about certificates. */
export type CertificatePolicy = {
  /** Whether a certificate is revoked when its course is no longer completed. */
  revoke: boolean;
  /** What happens to PDFs when the learner's data is erased, since they hold the name. */
  onErasure: 'keep' | 'delete';
};

export type CertificateParts = {
  ports: CertificatePorts;
  /** The PDF of a certificate. */
  draw: (certificate: Certificate) => Promise<Uint8Array>;
  policy: CertificatePolicy;
};

type IssuedEvent = Extract<WorkflowEvent, { type: 'CertificateIssued' }>;

/**
 * Handles one event of a progression: decide and save, draw, publish, save again. Nothing is saved before Kombo shows what the
 * event says; the name, the course and the ids on a certificate are Kombo's. The decision is saved first, so that a retry
 * after a failure at any point draws and publishes the same certificates under the same event ids. A later event of the
 * progression also completes what a failed call has left.
 *
 * @returns the types of the events that were published
 * @throws UnconfirmedEventError when Kombo shows something else. The queue retries: a later event may explain it
 */
export async function handleEvent(
  event: LearningEvent,
  { ports, draw, policy }: CertificateParts,
): Promise<WorkflowEventType[]> {
  const { bucket, kombo, notify, clock, randomBytes } = ports;
  const { integration, progression } = event.detail;
  const folder = certificateFolder({ integration: integration.id, progression: progression.id });
  const context = {
    revoke: policy.revoke,
    bucket: bucket.name,
    at: new Date(clock()).toISOString(),
    code: verificationCode(randomBytes(12)),
  };
  const readRecord = once(async () => {
    const { records } = await kombo.readByIds(integration.id, [progression.id]);
    return records[0] ?? null;
  });
  const decided = await updateState(bucket, folder, async (state) => {
    const claimed = decideCertificates(state, event, context);
    if (claimed === state) return state;
    const record = await readRecord();
    if (isShown(event, record)) return decideCertificates(state, asShown(event, record), context);
    // An event without an effect can be skipped: an event of its own reports what Kombo shows instead.
    if (!hasEffect(state, claimed)) return state;
    throw new UnconfirmedEventError(`Kombo does not show what ${event.type} ${event.detail.id} says`);
  });
  for (const unpublished of decided.unpublished) {
    if (unpublished.type === 'CertificateIssued') await drawOnce(decided, unpublished);
    await notify(unpublished);
  }
  const saved = await updateState(bucket, folder, (state) => withoutPublished(state, decided.unpublished));
  // After drawing, and for each later event: another worker may have stored a PDF while the erasure was handled.
  for (const { number } of deletedWithData(saved)) await bucket.remove(pdfKey(folder, number));
  return decided.unpublished.map(({ type }) => type);

  function deletedWithData(state: CertificateState) {
    if (policy.onErasure === 'keep') return [];
    return state.certificates.filter((certificate) => isErased(state, certificate));
  }

  async function drawOnce(state: CertificateState, { detail }: IssuedEvent): Promise<void> {
    const { number, key } = detail.certificate;
    if (deletedWithData(state).some((certificate) => certificate.number === number)) return;
    if (await bucket.has(key)) return;
    const code = state.certificates.find((certificate) => certificate.number === number)?.code;
    if (code === undefined) throw new Error(`Certificate ${number} is not in the state of its progression`);
    const pdf = await draw({
      number,
      code,
      learnerName: fullName((await readRecord())?.learnerDetails ?? null),
      learnerReference: detail.learner.remoteId ?? detail.learner.id,
      courseTitle: detail.course.title,
      completedAt: detail.completedAt,
    });
    await bucket.add(key, pdf);
  }
}

/** Calls a function when its result is first needed, and keeps the result. */
function once<Result>(call: () => Promise<Result>): () => Promise<Result> {
  let result: Promise<Result> | null = null;
  return () => {
    result ??= call();
    return result;
  };
}

function fullName(details: LearnerDetails | null): string | null {
  const name = [details?.firstName, details?.lastName].filter((part) => part).join(' ');
  return name.trim() === '' ? null : name;
}

/** The parts of an SQS event that are needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ messageId: z.string(), body: z.string() })) });

export type CertificateReports = {
  report: (published: WorkflowEventType[]) => void;
  failed: (error: unknown) => void;
};

/** Handles the events of the queue. Those that fail stay in the queue; the others are removed. */
export function certificatesHandler(parts: CertificateParts & CertificateReports) {
  return async (event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> => {
    const batchItemFailures = [];
    for (const { messageId, body } of QueueEvent.parse(event).Records) {
      try {
        parts.report(await takeEvent(body, parts));
      } catch (error) {
        parts.failed(error);
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

/** Handles one event as a rule passes it on, or its JSON text. */
export async function takeEvent(event: unknown, parts: CertificateParts): Promise<WorkflowEventType[]> {
  return handleEvent(parseLearningEvent(event), parts);
}
