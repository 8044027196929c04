import * as z from 'zod';
import { CertificateTexts } from '../../functions/contract/certificate-texts.ts';
import { IntegrationId } from '../../functions/contract/integration-id.ts';
import { type EventType, isEventType } from '../../functions/contract/published-events.ts';

const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'letters, digits and hyphens, at most 40')
  .describe('Names the consumer: replays can be addressed to it');

const secret = z
  .string()
  .regex(
    /^arn:aws[a-z-]*:secretsmanager:/,
    'is not the ARN of a secret: what it holds does not belong into a file',
  );

const eventType = z
  .string()
  .refine((text): text is EventType => isEventType(text), 'is not an event: docs/events.md names them all');

const wanted = {
  name,
  events: z.array(eventType).min(1),
  courses: z.array(z.string()).min(1).optional().describe("Kombo's ids of courses"),
  integrations: z.array(IntegrationId).min(1).optional(),
};

export const CertificatesSettings = z.strictObject({
  courses: z.array(z.string()).min(1).optional().describe("Kombo's ids; all courses when not given"),
  integrations: z.array(IntegrationId).min(1).optional(),
  revoke: z.boolean().default(false).describe('Whether a reopened course revokes. A retake is no revocation'),
  texts: CertificateTexts.prefault({}),
});
export type CertificatesSettings = z.infer<typeof CertificatesSettings>;

const digestAt = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 17:00')
  .describe('One message a day at this time, instead of one per event');

export const SlackSettings = z.strictObject({
  ...wanted,
  via: z.discriminatedUnion('way', [
    z.strictObject({ way: z.literal('incoming-webhook'), url: secret }),
    z.strictObject({
      way: z.literal('chat.postMessage'),
      token: secret,
      channelId: z.string().regex(/^[A-Z0-9]{9,}$/, "is not Slack's id of a channel, such as C0123456789"),
    }),
  ]),
  perSecond: z.int().min(1).max(50).default(1).describe('Slack takes one message a second per channel'),
  digestAt: digestAt.optional(),
  timeZone: z.string().default('UTC').describe('Of the digest'),
});
export type SlackSettings = z.infer<typeof SlackSettings>;

export const EndpointSettings = z.strictObject({
  ...wanted,
  url: z.url({ protocol: /^https$/, error: 'is not an HTTPS URL' }),
  authorization: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('header'), header: z.string().min(1), value: secret }),
    z.strictObject({ type: z.literal('basic'), user: z.string().min(1), password: secret }),
  ]),
  perSecond: z.int().min(1).max(300).default(10),
});
export type EndpointSettings = z.infer<typeof EndpointSettings>;

/** The optional parts, all off by default: part of the settings of a deployment. */
export const consumerSettings = {
  certificates: CertificatesSettings.optional().describe('Issues certificates'),
  slack: z.array(SlackSettings).default([]).describe('Posts to Slack'),
  endpoints: z.array(EndpointSettings).default([]).describe('Sends events to HTTPS endpoints'),
  schemaRegistry: z
    .boolean()
    .default(false)
    .describe("Puts the events' JSON Schemas into EventBridge's registry"),
};
