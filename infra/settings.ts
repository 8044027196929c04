import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod/mini';
import { consumerSettings, Name, refuseDoubleNames } from '../consumers/deploy/settings.ts';
import { Address, RemoteIds } from '../functions/contract/environment.ts';
import { PositiveNumber, WholeNumber } from '../functions/contract/field-types.ts';
import { BaselineText, IntegrationId } from '../functions/contract/integration.ts';
import { POLL_CONCURRENCY } from '../functions/contract/names.ts';
import { arn, keyArn, matching, secretArn } from './arn.ts';

/**
 * ARNs of STS sessions are refused: the policy of the bus compares `aws:PrincipalArn`, which is the ARN of
 * the role, also in a session.
 */
const principalArn = matching(
  /^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)\/[\w+=,.@/*-]{1,512}$/,
  'is not the ARN of an IAM role or user',
);

/**
 * The limit for all operators together. The policy of a bus can have 10,240 bytes, and also contains other
 * text: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MOST_OPERATOR_CHARACTERS = 8000;

/** Accepts a text that has one of several forms, with one error message for all of them. */
const text = (forms: string, ...allowed: z.ZodMiniType<string>[]) =>
  z
    .string()
    .check(z.refine((value) => allowed.some((form) => form.safeParse(value).success), `is not ${forms}`));

/**
 * The limit for all integrations together. A function's environment variables can have 4 KB together:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MOST_INTEGRATION_CHARACTERS = 3000;

/** Checks a baseline and returns its text unchanged. */
const baseline = z.string().check(
  z.superRefine((text, context) => {
    const parsed = BaselineText.safeParse(text);
    if (!parsed.success) context.addIssue(parsed.error.issues[0]?.message ?? 'is not a baseline');
  }),
);

/**
 * ARNs of the IAM roles and users that run the command line (* matches any text). Only they and the functions
 * may send events with the source `schoolbell` to the deployment's own bus.
 */
const operators = z._default(
  z
    .array(principalArn)
    .check(
      z.refine(
        (arns) => arns.join('').length <= MOST_OPERATOR_CHARACTERS,
        `has more than ${MOST_OPERATOR_CHARACTERS} characters: use one ARN with a * for several roles`,
      ),
    ),
  [],
);

export const StateValues = z.object({ name: z.optional(Name), operators });

/** The construct `Schoolbell` has a property for each of these settings. */
const notifierSettings = {
  /** The region of Kombo's API ("eu" or "us"), or the complete URL of another host. */
  kombo: z._default(
    text('"eu", "us", or an HTTPS URL with its /v1', z.enum(['eu', 'us']), Address.check(z.maxLength(256))),
    'eu',
  ),
  /** The minutes between two polls of an integration. */
  pollEveryMinutes: z._default(PositiveNumber.check(z.maximum(360)), 15),
  /** How many minutes before the watermark each poll begins, to find changes that became visible late. */
  overlapMinutes: z._default(WholeNumber, 15),
  /** What the first sync publishes: "silent" (nothing), "publish" (everything), or "since:DATE". */
  baseline: z._default(baseline, 'silent'),
  /** Integrations that the first dispatch adds. Add more by `schoolbell integrations add` or the webhook. */
  integrations: z._default(
    z.array(IntegrationId).check(
      z.maxLength(60),
      z.refine(
        (ids) => ids.join(',').length <= MOST_INTEGRATION_CHARACTERS,
        `has more than ${MOST_INTEGRATION_CHARACTERS} characters: add some of the integrations with \`schoolbell integrations add\``,
      ),
    ),
    [],
  ),
  /** Whether events contain names and e-mail addresses. Schoolbell never stores or logs them. */
  learnerDetails: z._default(z.enum(['omit', 'include']), 'omit'),
  /**
   * How a platform's own ids of learners and progressions are stored and published: "keep" (unchanged),
   * "hash" (all as hashes), "hash-emails" (as hashes if they look like an e-mail address), or "omit" (not at
   * all).
   */
  remoteIds: z._default(RemoteIds, 'hash-emails'),
  /** For how many days a change can be looked up and replayed. At least 7: an unpublished entry expires too. */
  journalRetentionDays: z._default(PositiveNumber.check(z.minimum(7)), 90),
  /**
   * An alarm goes off when the watermark of an integration is older than this number of minutes. By default
   * four poll intervals, but at least an hour.
   */
  behindMinutes: z.optional(PositiveNumber.check(z.maximum(7 * 24 * 60))),
  /** The path or URL of the runbook to which the descriptions of alarms refer. */
  runbook: z._default(z.string().check(z.maxLength(400)), 'docs/runbook.md'),
  /** Whether a function URL receives Kombo's webhooks. */
  webhook: z._default(z.boolean(), false),
  /**
   * The reserved concurrency of the webhook function. Lambda throttles calls above it. By default there is
   * none, because Lambda rejects a reservation that leaves the account an unreserved concurrency below 100.
   */
  webhookConcurrency: z.optional(z.int().check(z.minimum(1), z.maximum(100))),
  /**
   * How many integrations are polled at the same time. The account's concurrency limit must be higher,
   * because other functions run at the same time.
   */
  pollConcurrency: z._default(z.int().check(z.minimum(2), z.maximum(1000)), POLL_CONCURRENCY),
  /**
   * The share of an integration's known progressions that may change in a suspect way within 24 hours before
   * changes are held. See docs/adr/0004-hold-mass-changes-for-a-person.md.
   */
  surgeShare: z._default(z.number().check(z.minimum(0), z.maximum(1)), 0.1),
  /** The number of suspect changes within 24 hours that is allowed even above `surgeShare`. */
  surgeFloor: z._default(WholeNumber, 25),
};
export const NotifierSettings = z.object(notifierSettings);
export type NotifierSettings = z.infer<typeof NotifierSettings>;

/** The settings in `schoolbell.config.ts`. */
export const Settings = z
  .strictObject({
    /**
     * The prefix of the stacks' names, and a dimension of the metrics. Unique in an account and Region. A
     * deployment with another name creates new stacks, and the old stacks continue to poll.
     */
    name: z._default(Name, 'Schoolbell'),
    ...notifierSettings,
    /** For how many days CloudWatch keeps the logs. */
    logRetentionDays: z._default(
      PositiveNumber.check(
        z.refine(
          (value) => value in RetentionDays,
          'is not a number of days that CloudWatch allows: 1, 3, 5, 7, 14, 30, 60, 90, ...',
        ),
      ),
      30,
    ),
    /** The bus on which events are published: "own" for a new bus, or the ARN of another bus. */
    bus: z._default(
      text(
        '"own", or the ARN of an event bus',
        z.literal('own'),
        arn('events', 'event-bus/[A-Za-z0-9._-]+', 'an event bus'),
      ),
      'own',
    ),
    operators,
    /** Resources that were kept when an earlier stack was destroyed, and that this deployment uses again. */
    adopt: z._default(
      z
        .strictObject({
          /** The name of a table that was kept when an earlier stack was destroyed. */
          table: z.optional(matching(/^[\w.-]{3,255}$/, 'is not the name of a table')),
          /** The KMS key of the adopted table, if the table is encrypted with your own key. */
          tableKey: z.optional(keyArn),
          komboSecret: z.optional(secretArn),
          komboSecretKey: z.optional(keyArn),
          webhookSecret: z.optional(secretArn),
          webhookSecretKey: z.optional(keyArn),
          /** The secret with the key for hashed ids. With another key, each id would have another hash. */
          remoteIdsKey: z.optional(secretArn),
        })
        .check(
          z.superRefine((adopted, context) => {
            for (const name of ['table', 'komboSecret', 'webhookSecret'] as const) {
              if (adopted[name] !== undefined || adopted[`${name}Key`] === undefined) continue;
              const message = `is only used with an adopted \`${name}\`: set \`adopt.${name}\` too`;
              context.addIssue({ code: 'custom', input: adopted, path: [`${name}Key`], message });
            }
          }),
        ),
      {},
    ),
    /**
     * Whether resources with data (table, bus, secrets, bucket, queues) are kept when their stack or their
     * setting is removed. If true, the table cannot be deleted.
     */
    keepState: z._default(z.boolean(), true),
    /** Who is notified when an alarm goes off. */
    alarms: z._default(
      text(
        '"none", the ARN of an SNS topic, or an e-mail address',
        z.literal('none'),
        arn('sns', '[\\w.-]+', 'a topic'),
        z.email(),
      ),
      'none',
    ),
    ...consumerSettings,
  })
  .check(z.superRefine(refuseDoubleNames));
export type Settings = z.infer<typeof Settings>;
export type SettingsInput = z.input<typeof Settings>;
