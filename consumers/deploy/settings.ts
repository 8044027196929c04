import * as z from 'zod/mini';
import { described } from '../../functions/contract/field-types.ts';
import { IntegrationId } from '../../functions/contract/integration.ts';
import { type EventType, isEventType } from '../../functions/contract/published-events.ts';
import { keyArn, secretArn } from '../../infra/arn.ts';
import { CERTIFICATES } from '../certificates/certificate-rule.ts';
import { CertificateTexts } from '../certificates/certificates-environment.ts';

const name = described(
  z
    .string()
    .check(
      z.regex(
        /^[A-Za-z][A-Za-z0-9-]{0,39}$/,
        'must begin with a letter and have only letters, digits and hyphens, at most 40 characters',
      ),
    ),
  'The name of the consumer. A replay can be addressed to it',
);

const eventType = z.pipe(
  z.string(),
  z.custom<EventType, string>(isEventType, 'is not an event type: docs/events.md lists all event types'),
);

const courses = z.array(z.string().check(z.maxLength(256))).check(z.minLength(1));

/** The settings that every subscriber has: its name, and the events that it gets. */
const subscriber = {
  name,
  events: z.array(eventType).check(
    z.minLength(1),
    z.refine((events) => new Set(events).size === events.length, 'contains an event type twice'),
  ),
  courses: described(z.optional(courses), "Kombo's ids of courses"),
  integrations: z.optional(z.array(IntegrationId).check(z.minLength(1))),
};

export const CertificatesSettings = z.strictObject({
  courses: described(z.optional(courses), "Kombo's ids of courses. By default all courses get certificates"),
  integrations: z.optional(z.array(IntegrationId).check(z.minLength(1))),
  revoke: described(
    z._default(z.boolean(), false),
    'Whether a certificate is revoked when its course is reopened or dropped. By default it stays valid',
  ),
  onErasure: described(
    z._default(z.enum(['keep', 'delete']), 'delete'),
    "What happens to the PDFs, which contain the learner's name, when the learner's data is erased",
  ),
  texts: z.prefault(CertificateTexts, {}),
});
export type CertificatesSettings = z.infer<typeof CertificatesSettings>;

const digestAt = described(
  z.string().check(z.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 17:00')),
  'The time of a daily digest, such as 17:00. Without it, the channel gets a message for each event',
);

/**
 * The name of a time zone in the IANA database. EventBridge Scheduler does not accept an offset such as `+01:00`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones
 */
const timeZone = z
  .string()
  .check(z.refine(isTimeZone, 'is not a time zone of the IANA database, such as Europe/Berlin'));

function isTimeZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone)) return false;
  const spelled = Intl.supportedValuesOf('timeZone').find(
    (known) => known.toLowerCase() === zone.toLowerCase(),
  );
  if (spelled !== undefined) return spelled === zone;
  try {
    // This also accepts other names of the same zones, such as UTC and US/Eastern.
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const key = described(z.optional(keyArn), 'The KMS key of the secret, if it is encrypted with your own key');

/** The settings that every message channel has. A channel gets each event, or one digest per day. */
const channel = {
  ...subscriber,
  digestAt: z.optional(digestAt),
  timeZone: described(z._default(timeZone, 'UTC'), 'The time zone of `digestAt`'),
};

export const SlackSettings = z.strictObject({
  ...channel,
  via: z.discriminatedUnion('way', [
    z.strictObject({ way: z.literal('incoming-webhook'), url: secretArn, key }),
    z.strictObject({
      way: z.literal('chat.postMessage'),
      token: secretArn,
      key,
      channelId: z
        .string()
        .check(z.regex(/^[A-Z0-9]{9,}$/, 'is not the id of a Slack channel, such as C0123456789')),
    }),
  ]),
});
export type SlackSettings = z.infer<typeof SlackSettings>;

/**
 * The lengths are EventBridge's limits:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnectionApiKeyAuthRequestParameters.html
 */
const credential = z.string().check(z.minLength(1), z.maxLength(512));

export const EndpointSettings = z.strictObject({
  ...subscriber,
  url: z.url({ protocol: /^https$/, error: 'is not an HTTPS URL' }).check(z.maxLength(2048)),
  authorization: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('header'), header: credential, value: secretArn }),
    z.strictObject({ type: z.literal('basic'), user: credential, password: secretArn }),
  ]),
  perSecond: z._default(z.int().check(z.minimum(1), z.maximum(300)), 10),
});
export type EndpointSettings = z.infer<typeof EndpointSettings>;

/** The settings of subscribers: named consumers, of which a deployment can have any number. */
const subscriberSettings = {
  slack: described(
    z._default(z.array(SlackSettings), []),
    'The Slack channels that get messages about events',
  ),
  endpoints: described(z._default(z.array(EndpointSettings), []), 'The HTTPS endpoints that get events'),
};

export type Subscribers = {
  [Setting in keyof typeof subscriberSettings]: z.infer<(typeof subscriberSettings)[Setting]>;
};

type Subscriber = { name: string; digestAt?: string | undefined };

/** Returns the subscribers by the name of their setting. The compiler reports a setting that is missing here. */
export function subscribersIn({ slack, endpoints }: Subscribers): Record<keyof Subscribers, Subscriber[]> {
  return { slack, endpoints };
}

/** The settings of the optional consumers. All of them are off by default. */
export const consumerSettings = {
  certificates: described(
    z.optional(CertificatesSettings),
    'The settings of certificates. Without them, no certificates are issued',
  ),
  ...subscriberSettings,
  secretsRevision: described(
    z._default(z.int().check(z.positive()), 1),
    'Increase this number and deploy when the secret of an endpoint has a new value: CloudFormation reads the secret of a resource again only when the resource changes',
  ),
  schemaRegistry: described(
    z._default(z.boolean(), false),
    "Whether EventBridge's schema registry gets the JSON Schemas of the events",
  ),
};

/** Adds an issue for each name that two consumers share. A replay is addressed to one consumer by its name. */
export function refuseDoubleNames(settings: Subscribers, context: z.core.$RefinementCtx): void {
  const taken = new Set<string>([CERTIFICATES]);
  for (const [setting, consumers] of Object.entries(subscribersIn(settings))) {
    for (const [at, { name }] of consumers.entries()) {
      if (taken.has(name)) {
        const message = `another consumer already has the name "${name}"`;
        context.addIssue({ code: 'custom', path: [setting, at, 'name'], message, input: name });
      }
      taken.add(name);
    }
  }
}

type ConsumerSettings = Subscribers & {
  /** The name of the deployment. */
  name: string;
  certificates?: CertificatesSettings | undefined;
  schemaRegistry: boolean;
};

/** A stack of consumers, and whether the settings switch it on. */
export type ConsumerStack = { name: string; isOn: boolean };

/**
 * Returns the stacks of consumers, and whether the settings switch each of them on. A stack that is switched off is no longer
 * deployed, but it is not destroyed.
 */
export function consumerStacks({
  name,
  certificates,
  schemaRegistry,
  ...subscribers
}: ConsumerSettings): Record<'certificates' | 'subscribers', ConsumerStack> {
  return {
    certificates: { name: `${name}Certificates`, isOn: certificates !== undefined },
    subscribers: { name: `${name}Subscribers`, isOn: hasSubscribers(subscribers) || schemaRegistry },
  };
}

export function hasSubscribers(settings: Subscribers): boolean {
  return Object.values(subscribersIn(settings)).some(({ length }) => length > 0);
}
