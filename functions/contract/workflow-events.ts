import * as z from 'zod/mini';
import { Course, LearnerReference } from './event-parts.ts';
import { described, PositiveNumber, Timestamp } from './field-types.ts';
import { IntegrationId } from './integration.ts';

const certificate = z.object({
  version: z.literal(1),
  id: described(z.string(), 'The same each time this is published'),
  at: Timestamp,
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  certificate: z.object({
    number: described(
      z.string(),
      'Printed on it, such as `2026-7Q4M-9XKD-20TC`. Issued once, and revoked or replaced at most once',
    ),
    bucket: z.string(),
    key: described(
      z.string(),
      "Of the PDF in the bucket, which holds the learner's name; the PDF may be deleted when the learner's data is erased",
    ),
  }),
  progression: z.object({ id: described(z.string(), "Kombo's id of the course progression") }),
  learner: LearnerReference,
  course: Course,
  cause: z.object({
    id: described(z.string(), 'Id of the learning event that caused it'),
    type: z.string(),
  }),
});

/** The schema of the `detail` of each event of the optional workflows. No such event contains a person's name. */
export const workflowEvents = {
  CertificateIssued: z.extend(certificate, {
    completedAt: described(Timestamp, 'The date on the certificate'),
    replaces: described(
      z.optional(z.string()),
      'Number of the certificate that this one replaces and that is no longer valid; absent when it replaces none',
    ),
  }),
  CertificateRevoked: certificate,
  DigestPrepared: z.object({
    version: z.literal(1),
    id: z.string(),
    at: Timestamp,
    channel: described(z.string(), 'Which digest it is, as the deployment names it'),
    events: PositiveNumber,
    headline: z.string(),
    lines: described(
      z.string(),
      'What happened, a line for each kind of event and course, the most frequent first',
    ),
  }),
} as const;

export type WorkflowEventType = keyof typeof workflowEvents;

/** What each event means, in one sentence. */
export const workflowMeanings: Record<WorkflowEventType, string> = {
  CertificateIssued:
    'A certificate was issued and stored; it may replace an earlier one. Only with the certificates stack.',
  CertificateRevoked:
    'A certificate was revoked, because its course is no longer completed. Only with the certificates stack.',
  DigestPrepared: "A day's digest is ready to be posted. Only with a digest.",
};

/** An event of a workflow as it is passed to the publisher. */
export type WorkflowEvent = {
  [Type in WorkflowEventType]: { type: Type; detail: z.infer<(typeof workflowEvents)[Type]> };
}[WorkflowEventType];
