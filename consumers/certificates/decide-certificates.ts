import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { LearningEvent, LearningEventDetail } from '../../functions/contract/learning-events.ts';
import { certificateFolder, certificateNumber, pdfKey } from './certificate-number.ts';
import { COMPLETIONS } from './certificate-rule.ts';
import { type CertificateState, type IssuedCertificate, isLater } from './certificate-state.ts';

type DecisionContext = {
  /** Whether a certificate is revoked when its course is no longer completed. */
  revoke: boolean;
  /** The name of the bucket, which the published events contain. */
  bucket: string;
  /** The time of the decision (ISO 8601). */
  at: string;
  /** The verification code of a new certificate. */
  code: string;
};

/**
 * Returns the state of a progression's certificates after an event. The order of the events and repeated
 * events make no difference, because the result depends on the event with the greatest journal position:
 *
 * - If the course is completed, exactly one certificate is valid. It has the date of the last completion and
 *   replaces an earlier certificate.
 * - If the course is not completed and `revoke` is true, no certificate is valid. If `revoke` is false, the
 *   certificate of the last completion stays valid.
 * - Removal, restoration and erasure of the record do not change which certificate is valid.
 * - An event without a journal position (a replay from Kombo) has an effect only if no completion is known.
 *
 * @returns the same object when the event changes nothing
 */
export function decideCertificates(
  state: CertificateState,
  event: LearningEvent,
  context: DecisionContext,
): CertificateState {
  const known = withEvent(state, event);
  const { completion, incompletion } = known;
  if (completion === null) return known;
  const valid = known.certificates.find(({ status }) => status === 'valid') ?? null;
  if (context.revoke && incompletion !== null && isLater(incompletion.journal, completion.journal)) {
    return valid === null ? known : revoke(known, valid, incompletion.cause, event.detail, context);
  }
  // The certificate of a known completion was revoked, and stays revoked if the setting `revoke` has changed since.
  if (completion.completedAt === valid?.completedAt || completion === state.completion) return known;
  return issue(known, valid, completion, event.detail, context);
}

/** Removes published events from the state. Returns the same object if there is nothing to remove. */
export function withoutPublished(
  state: CertificateState,
  published: CertificateState['unpublished'],
): CertificateState {
  const ids = new Set(published.map(({ detail }) => detail.id));
  const unpublished = state.unpublished.filter(({ detail }) => !ids.has(detail.id));
  return unpublished.length === state.unpublished.length ? state : { ...state, unpublished };
}

/** Events that do not change whether a course is completed. */
const WITHOUT_STATUS: LearningEventType[] = [
  'EnrollmentCorrected',
  'ProgressionRemoved',
  'ProgressionRestored',
];

function withEvent(state: CertificateState, { type, detail }: LearningEvent): CertificateState {
  const { completion, incompletion, erasure } = state;
  const { journal, progression, occurredAt } = detail;
  const cause = { id: detail.id, type };
  if (COMPLETIONS.includes(type)) {
    if (completion !== null && (journal === null || !isLater(journal, completion.journal))) return state;
    // Some platforms send no completion date. `occurredAt` is then the best known time.
    return { ...state, completion: { cause, journal, completedAt: progression.completedAt ?? occurredAt } };
  }
  if (journal === null) return state;
  if (type === 'LearnerDataErased') return isLater(journal, erasure) ? { ...state, erasure: journal } : state;
  const isOpen = progression.status !== null && progression.status !== 'COMPLETED';
  const isAboutStatus = !WITHOUT_STATUS.includes(type);
  if (!isOpen || !isAboutStatus || !isLater(journal, incompletion?.journal ?? null)) return state;
  return { ...state, incompletion: { cause, journal } };
}

function issue(
  state: CertificateState,
  replaced: IssuedCertificate | null,
  { cause, journal, completedAt }: NonNullable<CertificateState['completion']>,
  detail: LearningEventDetail,
  { bucket, at, code }: DecisionContext,
): CertificateState {
  const number = certificateNumber(progressionOf(detail), completedAt, state.certificates.length);
  return {
    ...state,
    certificates: [
      ...withEnd(state, replaced, 'replaced', at),
      { number, code, completedAt, issuedAt: at, journal, status: 'valid', endedAt: null },
    ],
    unpublished: [
      ...state.unpublished,
      {
        type: 'CertificateIssued',
        detail: {
          ...about(detail, number, bucket),
          id: `${number}/issued`,
          at,
          completedAt,
          ...(replaced !== null && { replaces: replaced.number }),
          cause,
        },
      },
    ],
  };
}

function revoke(
  state: CertificateState,
  valid: IssuedCertificate,
  cause: { id: string; type: LearningEventType },
  detail: LearningEventDetail,
  { bucket, at }: DecisionContext,
): CertificateState {
  return {
    ...state,
    certificates: withEnd(state, valid, 'revoked', at),
    unpublished: [
      ...state.unpublished,
      {
        type: 'CertificateRevoked',
        detail: { ...about(detail, valid.number, bucket), id: `${valid.number}/revoked`, at, cause },
      },
    ],
  };
}

function withEnd(
  { certificates }: CertificateState,
  ended: IssuedCertificate | null,
  status: 'replaced' | 'revoked',
  endedAt: string,
): IssuedCertificate[] {
  return certificates.map((certificate) =>
    certificate === ended ? { ...certificate, status, endedAt } : certificate,
  );
}

function about(detail: LearningEventDetail, number: string, bucket: string) {
  return {
    version: 1 as const,
    integration: detail.integration,
    certificate: { number, bucket, key: pdfKey(certificateFolder(progressionOf(detail)), number) },
    progression: { id: detail.progression.id },
    learner: { id: detail.learner.id, remoteId: detail.learner.remoteId },
    course: detail.course,
  };
}

function progressionOf({ integration, progression }: LearningEventDetail) {
  return { integration: integration.id, progression: progression.id };
}
