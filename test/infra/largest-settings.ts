import { eventTypes } from '../../functions/contract/published-events.ts';
import type { SettingsInput } from '../../infra/settings.ts';

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

const slackChannel = (number: number) => ({
  name: `channel-${number}`,
  events: ['CourseCompleted', 'IntegrationFailing', 'ChangesHeld'],
  via:
    number % 2 === 0
      ? { way: 'incoming-webhook' as const, url: secret(`SlackUrl${number}`) }
      : { way: 'chat.postMessage' as const, token: secret('SlackToken'), channelId: `C012345678${number}` },
  ...(number % 4 === 0 && { digestAt: '17:00', timeZone: 'Europe/Berlin' }),
});

/** Everything that can be switched on, as much of it as a deployment is built for. */
export const largestSettings = {
  integrations: Array.from(
    { length: 60 },
    (_, at) => `moodle:7C9M5sXAQx2cNMpVHLojr${String(at).padStart(3, '0')}`,
  ),
  alarms: 'ops@example.com',
  webhook: true,
  certificates: { revoke: true, texts: { issuer: 'Northwind Academy' } },
  slack: Array.from({ length: 20 }, (_, at) => slackChannel(at)),
  endpoints: [
    {
      name: 'crm',
      events: [...eventTypes],
      url: 'https://crm.example.com/events',
      authorization: { type: 'header', header: 'x-api-key', value: secret('Crm') },
    },
    {
      name: 'warehouse',
      events: ['CourseCompleted'],
      url: 'https://warehouse.example.com/events',
      authorization: { type: 'basic', user: 'schoolbell', password: secret('Warehouse') },
    },
  ],
  schemaRegistry: true,
} satisfies SettingsInput;
