import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as z from 'zod';
import { BaselineText } from '../functions/contract/baseline-text.ts';
import { IntegrationId } from '../functions/contract/integration-id.ts';
import { consumerSettings } from './consumers/settings.ts';

const arn = (service: string, what: string) =>
  z.string().regex(new RegExp(`^arn:aws[a-z-]*:${service}:`), `is not the ARN of ${what}`);

/** Text of one of several forms, with one message for all of them. */
const text = (forms: string, ...allowed: z.ZodType<string>[]) =>
  z.string().refine((value) => allowed.some((form) => form.safeParse(value).success), `is not ${forms}`);

const minutes = z.int().positive();
const days = z.int().positive();

/** How long CloudWatch can keep logs. */
const logDays = new Set<number>(Object.values(RetentionDays).filter((value) => typeof value === 'number'));

/** A baseline is checked here and handed on as it was written. */
const baseline = z.string().superRefine((text, context) => {
  const parsed = BaselineText.safeParse(text);
  if (!parsed.success) context.addIssue(parsed.error.issues[0]?.message ?? 'is not a baseline');
});

/** The settings of a deployment: `schoolbell.config.ts`. */
export const Settings = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9-]{0,39}$/, 'letters, digits and hyphens, at most 40')
      .default('Schoolbell')
      .describe("Begins the stacks' names and marks the metrics, so that two deployments share an account"),

    kombo: text('"eu", "us", or a URL with its /v1', z.enum(['eu', 'us']), z.url({ protocol: /^https?$/ }))
      .default('eu')
      .describe("Kombo's region host, or another as a whole"),
    pollEveryMinutes: minutes.max(360).default(15).describe('How often each integration is polled'),
    overlapMinutes: z.int().nonnegative().default(15).describe('How far each poll looks back'),
    baseline: baseline
      .default('silent')
      .describe('What the first sync publishes: "silent", "publish", "since:<date>"'),
    integrations: z
      .array(IntegrationId)
      .max(60)
      .default([])
      .describe('Added by the first dispatch; more with `schoolbell integrations add`, or by the webhook'),

    learnerDetails: z
      .enum(['omit', 'include'])
      .default('omit')
      .describe('Whether events carry names and e-mail addresses. Never stored or logged, but see `archive`'),
    journalRetentionDays: days.default(90).describe('How long a change can be looked up and replayed'),
    logRetentionDays: days
      .refine((value) => logDays.has(value), 'CloudWatch keeps logs for 1, 3, 5, 7, 14, 30, 60, 90, ... days')
      .default(30),
    archive: z
      .boolean()
      .optional()
      .describe('An archive of the bus. By default on, and off when learner details are included'),
    archiveRetentionDays: days.default(90),

    bus: text('"own", or the ARN of an event bus', z.literal('own'), arn('events', 'an event bus')).default(
      'own',
    ),
    adopt: z
      .strictObject({
        table: z.string().min(3).max(255).optional().describe('Name of a table that an earlier stack left'),
        komboSecret: arn('secretsmanager', 'a secret').optional(),
        webhookSecret: arn('secretsmanager', 'a secret').optional(),
      })
      .default({})
      .describe('What a destroy kept, to be used again'),
    keepState: z
      .boolean()
      .default(true)
      .describe('Table, bus, archive and secrets stay when the stack goes, and the table cannot be deleted'),

    alarms: text(
      '"none", the ARN of an SNS topic, or an e-mail address',
      z.literal('none'),
      arn('sns', 'a topic'),
      z.email(),
    )
      .default('none')
      .describe('Who is told when an alarm goes off'),
    behindMinutes: minutes
      .max(7 * 24 * 60)
      .optional()
      .describe('How stale an integration may be. By default four poll intervals, at least an hour'),
    runbook: z.string().default('docs/runbook.md').describe('Where the alarms point, e.g. a URL of your own'),

    webhook: z.boolean().default(false).describe("Takes Kombo's webhooks at a function URL"),
    webhookConcurrency: z
      .int()
      .min(1)
      .max(100)
      .default(5)
      .describe('Reserved for the webhook: more requests at once are turned away'),
    pollConcurrency: z.int().min(2).max(1000).default(10).describe('Integrations polled at the same time'),
    surgeShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe('The share of known progressions that may vanish, return or appear old in a day unasked'),
    surgeFloor: z.int().nonnegative().default(25).describe('The least number of them'),

    ...consumerSettings,
  })
  .refine((settings) => !(settings.archive && settings.learnerDetails === 'include'), {
    path: ['archive'],
    message: 'an archive would keep the names that `learnerDetails: include` puts into events',
  });
export type Settings = z.infer<typeof Settings>;
export type SettingsInput = z.input<typeof Settings>;
