import type { SettingsInput } from '../../../infra/settings.ts';

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const channel = (name: string) => ({
  name,
  events: ['CourseCompleted', 'ChangesHeld'],
  via: { way: 'incoming-webhook' as const, url: secret('Slack') },
});
const endpoint = {
  name: 'crm',
  events: ['CourseCompleted'],
  url: 'https://crm.example.com/events',
  authorization: { type: 'header' as const, header: 'x-api-key', value: secret('Crm') },
};

/** The options that decide which resources exist and what uses them. */
export type Option = {
  name: string;
  /** The settings for each value of the option. The first value is the default. */
  values: SettingsInput[];
  /** The stacks whose templates depend on the option, by the last part of their names. */
  of: StackEnd[];
};
export type StackEnd = 'State' | 'Notifier' | 'Certificates' | 'Subscribers';

export const OPTIONS: Option[] = [
  { name: 'webhook', of: ['Notifier'], values: [{ webhook: false }, { webhook: true }] },
  {
    name: 'alarms',
    of: ['State', 'Notifier', 'Certificates', 'Subscribers'],
    values: [
      { alarms: 'none' },
      { alarms: 'ops@example.com' },
      { alarms: 'arn:aws:sns:eu-central-1:123456789012:alarms' },
    ],
  },
  {
    name: 'bus',
    of: ['State', 'Notifier'],
    values: [{ bus: 'own' }, { bus: 'arn:aws:events:eu-central-1:123456789012:event-bus/company' }],
  },
  { name: 'adopt.table', of: ['State'], values: [{}, { adopt: { table: 'restored' } }] },
  { name: 'adopt.komboSecret', of: ['State'], values: [{}, { adopt: { komboSecret: secret('Kombo') } }] },
  {
    name: 'adopt.webhookSecret',
    of: ['State'],
    values: [{}, { adopt: { webhookSecret: secret('Webhook') } }],
  },
  {
    name: 'learnerDetails',
    of: ['Notifier', 'Subscribers'],
    values: [{ learnerDetails: 'omit' }, { learnerDetails: 'include' }],
  },
  {
    name: 'certificates',
    of: ['Certificates'],
    values: [{}, { certificates: {} }, { certificates: { revoke: true } }],
  },
  {
    name: 'slack',
    of: ['Subscribers'],
    values: [
      { slack: [] },
      { slack: [channel('learning')] },
      { slack: [channel('learning'), channel('daily')] },
      { slack: [channel('learning'), { ...channel('daily'), digestAt: '17:00' }] },
    ],
  },
  { name: 'endpoints', of: ['Subscribers'], values: [{ endpoints: [] }, { endpoints: [endpoint] }] },
  {
    name: 'schemaRegistry',
    of: ['Subscribers'],
    values: [{ schemaRegistry: false }, { schemaRegistry: true }],
  },
  {
    name: 'keepState',
    of: ['State', 'Notifier', 'Certificates', 'Subscribers'],
    values: [{ keepState: true }, { keepState: false }],
  },
];

/** Settings that change the properties of resources, but add and remove no resources. */
export const OTHER_SETTINGS: SettingsInput[] = [
  { pollEveryMinutes: 60 },
  { kombo: 'us' },
  { baseline: 'publish' },
  { overlapMinutes: 30 },
  { integrations: ['moodle:7C9M5sXAQx2cNMpVHLojrFpL'] },
  { journalRetentionDays: 30 },
  { logRetentionDays: 7 },
  { alarms: 'others@example.com' },
  { behindMinutes: 240 },
  { runbook: 'https://example.com/runbook' },
  { webhookConcurrency: 5 },
  { pollConcurrency: 10 },
  { surgeShare: 0.5 },
  { surgeFloor: 100 },
  { remoteIds: 'omit' },
  { adopt: { remoteIdsKey: secret('RemoteIds') } },
  { operators: ['arn:aws:iam::123456789012:role/operators'] },
  { secretsRevision: 2 },
];

/** The index of the chosen value for each option, in the order of the options. */
export type Choice = number[];

export function settingsOf(choice: Choice): SettingsInput {
  const parts = OPTIONS.map(({ values }, at) => values[choice[at] ?? 0] ?? {});
  return Object.assign({}, ...parts, { adopt: Object.assign({}, ...parts.map(({ adopt }) => adopt)) });
}

/** Returns every combination of values. */
export function allChoices(): Choice[] {
  return OPTIONS.reduce<Choice[]>(
    (choices, { values }) => choices.flatMap((choice) => values.map((_, value) => [...choice, value])),
    [[]],
  );
}

/** Returns the choices that differ from a choice in the value of one option. */
export function neighbours(choice: Choice): Choice[] {
  return OPTIONS.flatMap(({ values }, at) =>
    values.flatMap((_, value) => (value === choice[at] ? [] : [choice.with(at, value)])),
  );
}
