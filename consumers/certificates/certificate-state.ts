import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { Timestamp } from '../../functions/contract/field-types.ts';
import { JournalPosition } from '../../functions/contract/learning-events.ts';
import { workflowEvents } from '../../functions/contract/workflow-events.ts';

const Cause = z.object({ id: z.string(), type: LearningEventType });

const IssuedCertificate = z.object({
  number: z.string(),
  code: z.string(),
  completedAt: Timestamp,
  issuedAt: Timestamp,
  /** Position of the completion that it was issued for. */
  journal: z.nullable(JournalPosition),
  status: z.enum(['valid', 'replaced', 'revoked']),
  /** When it was replaced or revoked. */
  endedAt: z.nullable(Timestamp),
});
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

/** What is stored of one progression's certificates, beside their PDFs. It holds ids, but never a name. */
export const CertificateState = z.object({
  version: z.literal(1),
  /** The last completion by the journal, with its date as it was last corrected. */
  completion: z.nullable(
    z.object({ cause: Cause, journal: z.nullable(JournalPosition), completedAt: Timestamp }),
  ),
  /** The last event by the journal after which the course was not completed. */
  incompletion: z.nullable(z.object({ cause: Cause, journal: JournalPosition })),
  /** The last erasure of the learner's data by the journal. */
  erasure: z.nullable(JournalPosition),
  /** In the order in which they were issued. */
  certificates: z.array(IssuedCertificate),
  /** Events that may not have been published yet, in order. */
  unpublished: z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('CertificateIssued'), detail: workflowEvents.CertificateIssued }),
      z.object({ type: z.literal('CertificateRevoked'), detail: workflowEvents.CertificateRevoked }),
    ]),
  ),
});
export type CertificateState = z.infer<typeof CertificateState>;

/** The state of a progression about which nothing is known. */
export const NO_CERTIFICATES: CertificateState = {
  version: 1,
  completion: null,
  incompletion: null,
  erasure: null,
  certificates: [],
  unpublished: [],
};

/** Whether the learner's data was erased after the completion that a certificate was issued for. */
export function isErased({ erasure }: CertificateState, { journal }: IssuedCertificate): boolean {
  return erasure !== null && isLater(erasure, journal);
}

/** Compares two positions of one journal. An event without a position is earlier than every other one. */
export function isLater(position: JournalPosition, than: JournalPosition | null): boolean {
  if (than === null) return true;
  return position.entry > than.entry || (position.entry === than.entry && position.index > than.index);
}
