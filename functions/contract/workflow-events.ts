import * as z from 'zod';
import { Course } from './course.ts';
import { IntegrationId } from './integration-id.ts';
import { LearnerReference } from './learner-reference.ts';
import { Timestamp } from './timestamp.ts';

const certificate = z.object({
  version: z.literal(1),
  id: z.string().describe('The same each time this is published'),
  at: Timestamp,
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  certificate: z.object({
    number: z.string().describe('Printed on it, such as `2026-7Q4M-9XKD-20TC`'),
    bucket: z.string(),
    key: z.string().describe('Of the PDF in the bucket. Who may read the bucket reads the name'),
  }),
  progression: z.object({ id: z.string().describe("Kombo's id of the course progression") }),
  learner: LearnerReference,
  course: Course,
  cause: z.object({ id: z.string().describe('Of the event that it was done for'), type: z.string() }),
});

/** The schema of each event that the optional workflows publish. None of them names a person. */
export const workflowEvents = {
  CertificateIssued: certificate.extend({
    completedAt: Timestamp.describe('The date on the certificate'),
  }),
  CertificateRevoked: certificate,
  DigestPrepared: z.object({
    version: z.literal(1),
    id: z.string(),
    at: Timestamp,
    channel: z.string().describe('Which digest it is, as the deployment names it'),
    events: z.int().positive(),
    headline: z.string(),
    lines: z
      .string()
      .describe('What happened, a line for each kind of event and course, the most frequent first'),
  }),
} as const;

export type WorkflowEventType = keyof typeof workflowEvents;

/** An event of a workflow as it is handed to the bus. */
export type WorkflowEvent = {
  [Type in WorkflowEventType]: { type: Type; detail: z.infer<(typeof workflowEvents)[Type]> };
}[WorkflowEventType];
