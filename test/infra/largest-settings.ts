import { eventTypes } from '../../functions/contract/published-events.ts';
import type { SettingsInput } from '../../infra/settings.ts';

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

const integrations = Array.from(
  { length: 60 },
  (_, at) => `moodle:7C9M5sXAQx2cNMpVHLojr${String(at).padStart(3, '0')}`,
);

/** Returns the settings of a Slack channel that receives every type of event. */
export const slackChannel = (number: number) => ({
  name: `channel-${number}`,
  events: [...eventTypes],
  via:
    number % 2 === 0
      ? { way: 'incoming-webhook' as const, url: secret(`SlackUrl${number}`) }
      : { way: 'chat.postMessage' as const, token: secret('SlackToken'), channelId: `C012345678${number}` },
});

export const crm = {
  name: 'crm',
  events: [...eventTypes],
  integrations,
  url: 'https://crm.example.com/events',
  authorization: { type: 'header' as const, header: 'x-api-key', value: secret('Crm') },
};

/** The settings with all options switched on, and with the largest numbers that a deployment supports. */
export const largestSettings = {
  name: 'Schoolbell-with-as-long-a-name-as-can-be',
  integrations,
  alarms: 'ops@example.com',
  webhook: true,
  certificates: { revoke: true, integrations, texts: { issuer: 'Northwind Academy' } },
  slack: Array.from({ length: 20 }, (_, at) => ({
    ...slackChannel(at),
    ...(at % 4 === 0 && { digestAt: '17:00', timeZone: 'Europe/Berlin' }),
  })),
  endpoints: [
    crm,
    {
      name: 'warehouse',
      events: ['CourseCompleted'],
      url: 'https://warehouse.example.com/events',
      authorization: { type: 'basic', user: 'schoolbell', password: secret('Warehouse') },
    },
  ],
  schemaRegistry: true,
} satisfies SettingsInput;

/**
 * The settings of large deployments: one with everything at once, and others in which one part is larger,
 * such as the number of channels or the length of the filters.
 */
export const largeSettings: [string, SettingsInput][] = [
  ['everything at once', largestSettings],
  ['20 channels of all events', { slack: channels(20, 0), schemaRegistry: true }],
  ['20 channels of all events, half of them digests', { slack: channels(10, 10), schemaRegistry: true }],
  ['20 digests of all events', { slack: channels(0, 20), schemaRegistry: true }],
  [
    '20 digests with filters of 60 integrations and 10 courses',
    {
      slack: channels(0, 20).map((channel) => ({ ...channel, courses: coursesOf(10), integrations })),
      schemaRegistry: true,
    },
  ],
  ['many operators', { operators: Array.from({ length: 16 }, (_, at) => operatorOf(at)) }],
  ['one channel that receives all events', { slack: [slackChannel(0)], learnerDetails: 'include' }],
  [
    'filters with 200 courses',
    {
      certificates: { courses: coursesOf(200) },
      slack: [{ ...slackChannel(0), courses: coursesOf(200), integrations }],
      endpoints: [{ ...crm, courses: coursesOf(200) }],
    },
  ],
  [
    'the longest texts',
    {
      ...largestSettings,
      kombo: `https://kombo.example.com/${'v'.repeat(230)}`,
      baseline: 'since:2026-11-24T08:00:00.000+02:00',
      runbook: `https://example.com/${'r'.repeat(380)}`,
      integrations: Array.from(
        { length: 11 },
        (_, at) => `moodle:${'7'.repeat(245)}${String(at).padStart(2, '0')}`,
      ),
      certificates: {
        texts: {
          heading: '漢'.repeat(60),
          before: '漢'.repeat(80),
          between: '漢'.repeat(80),
          learnerNumber: '漢'.repeat(40),
          noLearner: '漢'.repeat(40),
          noCourse: '漢'.repeat(60),
          date: '漢'.repeat(30),
          number: '漢'.repeat(30),
          code: '漢'.repeat(30),
          issuer: '漢'.repeat(80),
        },
      },
    },
  ],
];

/** Returns the settings of channels and digests that receive every type of event. */
function channels(live: number, digests: number) {
  return Array.from({ length: live + digests }, (_, at) => ({
    ...slackChannel(at),
    ...(at >= live && { digestAt: '17:00' }),
  }));
}

function operatorOf(number: number): string {
  return `arn:aws:iam::123456789012:role/operators-${number}-`.padEnd(500, 'p');
}

function coursesOf(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `U3Q5rNXx2FPuXyGxAjJho${String(at).padStart(3, '0')}`);
}
