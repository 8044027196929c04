import * as z from 'zod/mini';
import { Course, LearnerReference } from './event-parts.ts';
import { described, PositiveNumber, Timestamp } from './field-types.ts';
import { IntegrationId } from './integration.ts';

const certificate = z.object({
  version: z.literal(1),
  id: described(z.string(), 'The id of the event, which is the same on each publication'),
  at: Timestamp,
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  certificate: z.object({
    number: described(
      z.string(),
      'The number that is printed on the certificate, such as `2026-7Q4M-9XKD-20TC`. It is issued once, and revoked or replaced at most once',
    ),
    bucket: z.string(),
    key: described(
      z.string(),
      "The key of the PDF in the bucket. The PDF contains the learner's name, and may be deleted when the learner's data is erased",
    ),
  }),
  progression: z.object({ id: described(z.string(), "Kombo's id of the course progression") }),
  learner: LearnerReference,
  course: Course,
  cause: z.object({
    id: described(
      z.string(),
      'The id of the learning event that caused the certificate to be issued or revoked',
    ),
    type: z.string(),
  }),
});

/** The schema of the `detail` of each workflow event. None of them contains a person's name. */
export const workflowEvents = {
  CertificateIssued: z.extend(certificate, {
    completedAt: described(Timestamp, 'The date on the certificate'),
    replaces: described(
      z.optional(z.string()),
      'The number of the certificate that this certificate replaces and that is no longer valid; absent if it replaces none',
    ),
  }),
  CertificateRevoked: certificate,
  DigestPrepared: z.object({
    version: z.literal(1),
    id: z.string(),
    at: Timestamp,
    channel: described(z.string(), 'The name of the digest in the deployment'),
    events: PositiveNumber,
    headline: z.string(),
    lines: described(
      z.string(),
      'What happened: one line for each type of event and course, the most frequent first',
    ),
  }),
} as const;

export type WorkflowEventType = keyof typeof workflowEvents;

export const workflowMeanings: Record<WorkflowEventType, string> = {
  CertificateIssued:
    'A certificate was issued and stored. It may replace an earlier certificate. Published only with the certificates stack.',
  CertificateRevoked:
    'A certificate was revoked, because its course is no longer completed. Published only with the certificates stack.',
  DigestPrepared: 'The digest of a day is ready to be posted. Published only with a digest.',
};

/** An event of a workflow as it is passed to the publisher. */
export type WorkflowEvent = {
  [Type in WorkflowEventType]: { type: Type; detail: z.infer<(typeof workflowEvents)[Type]> };
}[WorkflowEventType];
