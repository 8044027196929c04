import * as z from 'zod/mini';
import { PositiveNumber } from '../../functions/contract/field-types.ts';
import { IntegrationId } from '../../functions/contract/integration.ts';
import { type EventType, isEventType } from '../../functions/contract/published-events.ts';
import { keyArn, matching, secretArn } from '../../infra/arn.ts';
import { CERTIFICATES } from '../certificates/certificate-rule.ts';
import { CertificateTexts, isTimeZone } from '../certificates/certificates-environment.ts';

/** The name of a deployment or of a consumer. It is a part of the names of resources. */
export const Name = matching(
  /^[A-Za-z][A-Za-z0-9-]{0,39}$/,
  'must begin with a letter and have only letters, digits and hyphens, at most 40 characters',
);

const eventType = z.pipe(
  z.string(),
  z.custom<EventType, string>(isEventType, 'is not an event type: docs/events.md lists all event types'),
);

/** By default a consumer gets the events of all courses and integrations. */
const filter = {
  /** Kombo's ids of courses. */
  courses: z.optional(z.array(z.string().check(z.maxLength(256))).check(z.minLength(1))),
  /** The ids of integrations. */
  integrations: z.optional(z.array(IntegrationId).check(z.minLength(1))),
};

const subscriber = {
  /** The name of the consumer. A replay can be addressed to it. */
  name: Name,
  events: z.array(eventType).check(
    z.minLength(1),
    z.refine((events) => new Set(events).size === events.length, 'contains an event type twice'),
  ),
  ...filter,
};

export const CertificatesSettings = z.strictObject({
  ...filter,
  /** Whether a certificate is revoked when its course is reopened or dropped. By default it stays valid. */
  revoke: z._default(z.boolean(), false),
  /** What happens to the PDFs, which contain the learner's name, when the learner's data is erased. */
  onErasure: z._default(z.enum(['keep', 'delete']), 'delete'),
  texts: z.prefault(CertificateTexts, {}),
});
export type CertificatesSettings = z.infer<typeof CertificatesSettings>;

/**
 * EventBridge Scheduler does not accept an offset such as `+01:00`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#time-zones
 */
const timeZone = z
  .string()
  .check(z.refine(isIanaTimeZone, 'is not a time zone of the IANA database, such as Europe/Berlin'));

function isIanaTimeZone(zone: string): boolean {
  if (!/^[A-Z]/.test(zone)) return false;
  const spelled = Intl.supportedValuesOf('timeZone').find(
    (known) => known.toLowerCase() === zone.toLowerCase(),
  );
  // `Intl.supportedValuesOf` returns one name per zone. `isTimeZone` also accepts UTC, US/Eastern and others.
  return spelled === undefined ? isTimeZone(zone) : spelled === zone;
}

/** The KMS key of the secret, if it is encrypted with your own key. */
const key = z.optional(keyArn);

const channel = {
  ...subscriber,
  /** The time of a daily digest, such as 17:00. Without it, the channel gets a message for each event. */
  digestAt: z.optional(matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 17:00')),
  /** The time zone of `digestAt`. */
  timeZone: z._default(timeZone, 'UTC'),
};

/** The properties of the construct of any message channel that are also settings. */
export const ChannelSchema = z.partial(z.object(channel));

export const SlackSettings = z.strictObject({
  ...channel,
  via: z.discriminatedUnion('way', [
    z.strictObject({ way: z.literal('incoming-webhook'), url: secretArn, key }),
    z.strictObject({
      way: z.literal('chat.postMessage'),
      token: secretArn,
      key,
      channelId: matching(/^[A-Z0-9]{9,}$/, 'is not the id of a Slack channel, such as C0123456789'),
    }),
  ]),
});
export type SlackSettings = z.infer<typeof SlackSettings>;

/**
 * EventBridge's limits:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnectionApiKeyAuthRequestParameters.html
 */
const credential = matching(
  /^[^\p{Cc}:]{1,512}$/u,
  'must have 1 to 512 characters, and no colon or control character',
);

export const EndpointSettings = z.strictObject({
  ...subscriber,
  /**
   * EventBridge's limits:
   * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html
   */
  url: z.url({ protocol: /^https$/, error: 'is not an HTTPS URL' }).check(
    z.maxLength(2048),
    z.regex(
      /^(%[\da-f]{2}|[-\w.~!$&'()*+,;=:@/?])+$/i,
      'has a character that EventBridge refuses: encode it with %',
    ),
    // EventBridge would show it to everyone who may read the destination.
    z.regex(/^https:\/*(?!\/)[^@/?]*(?:[/?]|$)/i, 'must not contain a user or password: use `authorization`'),
  ),
  authorization: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('header'), header: credential, value: secretArn }),
    z.strictObject({ type: z.literal('basic'), user: credential, password: secretArn }),
  ]),
  perSecond: z._default(z.int().check(z.minimum(1), z.maximum(300)), 10),
});
export type EndpointSettings = z.infer<typeof EndpointSettings>;

/** The properties of the construct `Endpoint` that are also settings. */
export const EndpointSchema = z.partial(z.omit(EndpointSettings, { authorization: true }));

const subscriberSettings = {
  /** The Slack channels that get messages about events. */
  slack: z._default(z.array(SlackSettings), []),
  /** The HTTPS endpoints that get events. */
  endpoints: z._default(z.array(EndpointSettings), []),
};

export type Subscribers = z.infer<z.ZodMiniObject<typeof subscriberSettings>>;

/** Returns the subscribers by setting. The compiler reports a setting that is missing here. */
export function subscribersIn({
  slack,
  endpoints,
}: Subscribers): Record<keyof Subscribers, { name: string }[]> {
  return { slack, endpoints };
}

/** All optional consumers are off by default. */
export const consumerSettings = {
  /** The settings of certificates. Without them, no certificates are issued. */
  certificates: z.optional(CertificatesSettings),
  ...subscriberSettings,
  /**
   * Increase this number and deploy when the secret of an endpoint has a new value: CloudFormation reads the
   * secret of a resource again only when the resource changes.
   */
  secretsRevision: z._default(PositiveNumber, 1),
  /** Whether EventBridge's schema registry gets the JSON Schemas of the events. */
  schemaRegistry: z._default(z.boolean(), false),
};

/** Reports a name that two consumers share, because a replay is addressed to one consumer by its name. */
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

export type ConsumerStack = { name: string; isOn: boolean };

/** A stack that is switched off is no longer deployed, but it is not destroyed. */
export function consumerStacks(
  settings: z.infer<z.ZodMiniObject<typeof consumerSettings>> & { name: string },
): Record<'certificates' | 'subscribers', ConsumerStack> {
  const { name, certificates, schemaRegistry } = settings;
  const hasSubscribers = Object.values(subscribersIn(settings)).some(({ length }) => length > 0);
  return {
    certificates: { name: `${name}Certificates`, isOn: certificates !== undefined },
    subscribers: { name: `${name}Subscribers`, isOn: hasSubscribers || schemaRegistry },
  };
}
