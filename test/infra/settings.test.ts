import { expect, it } from 'vitest';
import { POLL_CONCURRENCY } from '../../functions/contract/names.ts';
import { parseSettings, readSettings } from '../../infra/read-settings.ts';

const FILE = 'schoolbell.config.ts';
const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Slack-AbCdEf';
/**
 * ARNs without the six characters that AWS adds, without the account, or of another service, and incomplete
 * texts.
 */
const incompleteArns = [
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Slack',
  'arn:aws:secretsmanager:eu-central-1::secret:Slack-AbCdEf',
  'arn:aws:secretsmanager:',
  'arn:aws:ssm:eu-central-1:123456789012:parameter/Slack-AbCdEf',
  'Slack-AbCdEf',
];
const channel = {
  name: 'learning',
  events: ['CourseCompleted'],
  via: { way: 'incoming-webhook', url: secret },
};
const endpoint = {
  name: 'crm',
  events: ['CourseCompleted'],
  url: 'https://crm.example.com/events',
  authorization: { type: 'header', header: 'x-api-key', value: secret },
};
const longIds = Array.from({ length: 13 }, (_, at) => `moodle:${'7'.repeat(240)}${at}`);

it('settings without any value have defaults, and the cost model uses the default of `pollConcurrency`', () => {
  const settings = parseSettings({}, FILE);
  expect(settings).toMatchObject({ name: 'Schoolbell', kombo: 'eu', pollEveryMinutes: 15, webhook: false });
  // The cost model and the benchmark use this constant, so it must equal the default.
  expect(settings.pollConcurrency).toBe(POLL_CONCURRENCY);
});

it.each(['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'US/Eastern', 'America/Argentina/Buenos_Aires'])(
  'the time zone %s is accepted for a Slack channel',
  (timeZone) => {
    expect(parseSettings({ slack: [{ ...channel, timeZone }] }, FILE).slack[0]).toMatchObject({ timeZone });
  },
);

it.each([
  'https://a.example',
  'https://a.example:8443/v1/e%20x?a=b&c=(d),e',
  "https://a.example/~x;y=$1@2!*'+",
])('the URL %s is accepted for an endpoint', (url) => {
  expect(parseSettings({ endpoints: [{ ...endpoint, url }] }, FILE).endpoints[0]).toMatchObject({ url });
});

it('the settings file of the repository is valid', async () => {
  await expect(readSettings(FILE)).resolves.toMatchObject({ name: 'Schoolbell' });
});

it.each([
  [{ pollEveryMinutes: 0 }, 'pollEveryMinutes'],
  [{ journalRetentionDays: 6 }, 'journalRetentionDays'],
  [{ pollEverMinutes: 15 }, 'pollEverMinutes'],
  [{ kombo: 'mars' }, 'kombo: is not "eu", "us", or an HTTPS URL with its /v1'],
  [{ kombo: 'http://kombo.example.com/v1' }, 'kombo: is not "eu", "us", or an HTTPS URL with its /v1'],
  [{ baseline: 'since:yesterday' }, 'baseline: "yesterday" is not a date'],
  [{ baseline: 'loud' }, 'baseline: a baseline is "silent"'],
  [{ logRetentionDays: 31 }, 'logRetentionDays: is not a number of days that CloudWatch allows'],
  [{ integrations: ['moodle'] }, 'integrations.0: an integration id looks like'],
  [
    { alarms: 'arn:aws:sns:eu-central-1:123456789012:ops:0d2c4b1e-6f3a-4c8d-9e7b-5a1f2e3d4c5b' },
    'alarms: is not "none", the ARN of an SNS topic',
  ],
  [{ bus: 'mine' }, 'bus: is not "own", or the ARN of an event bus'],
  [{ bus: 'arn:aws:events:eu-central-1:123456789012:rule/mine' }, 'bus: is not "own", or the ARN'],
  [
    { adopt: { komboSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:KomboSecret' } },
    'adopt.komboSecret: is not the ARN of a secret, with the six characters that AWS adds to its name',
  ],
  [{ adopt: { komboSecret: 'key' } }, 'adopt.komboSecret: is not the ARN of a secret'],
  [
    { adopt: { table: 'arn:aws:dynamodb:eu-central-1:123456789012:table/old' } },
    'adopt.table: is not the name',
  ],
  [{ archive: true }, 'Unrecognized key: "archive"'],
  [
    { bus: 'arn:aws:events:eu-central-1:123456789012:event-bus/aws.partner/x' },
    'bus: is not "own", or the ARN',
  ],
  [{ runbook: 'x'.repeat(401) }, 'runbook: '],
  [
    { integrations: longIds },
    'integrations: has more than 3000 characters: add some of the integrations with',
  ],
  ...incompleteArns.flatMap((arn): [object, string][] => [
    [
      { adopt: { komboSecret: arn } },
      'adopt.komboSecret: is not the ARN of a secret, with the six characters that AWS adds to its name',
    ],
    [
      { adopt: { webhookSecret: arn } },
      'adopt.webhookSecret: is not the ARN of a secret, with the six characters that AWS adds to its name',
    ],
    [
      { slack: [{ ...channel, via: { way: 'incoming-webhook', url: arn } }] },
      'slack.0.via.url: is not the ARN',
    ],
    [
      { slack: [{ ...channel, via: { way: 'chat.postMessage', token: arn, channelId: 'C0123456789' } }] },
      'slack.0.via.token: is not the ARN',
    ],
    [
      { endpoints: [{ ...endpoint, authorization: { type: 'header', header: 'x-key', value: arn } }] },
      'endpoints.0.authorization.value: is not the ARN',
    ],
    [
      { endpoints: [{ ...endpoint, authorization: { type: 'basic', user: 'me', password: arn } }] },
      'endpoints.0.authorization.password: is not the ARN',
    ],
  ]),
  ...['Berlin', 'europe/berlin', 'EUROPE/BERLIN', 'Europe/Berlinn', '+01:00', 'utc', ''].map(
    (timeZone): [object, string] => [
      { slack: [{ ...channel, timeZone }] },
      'slack.0.timeZone: is not a time zone',
    ],
  ),
  ...[
    'https://a.example/events#new',
    'https://a.example/new events',
    'https://münchen.example',
    'https://a/{id}',
  ].map((url): [object, string] => [
    { endpoints: [{ ...endpoint, url }] },
    'endpoints.0.url: has a character that EventBridge refuses: encode it with %',
  ]),
  ...['https://user:secret@a.example', 'https:user@a.example/events', 'https://:secret@a.example?a=/'].map(
    (url): [object, string] => [
      { endpoints: [{ ...endpoint, url }] },
      'endpoints.0.url: must not contain a user or password',
    ],
  ),
  ...['x-api-key:', 'x-api-key\n', ''].map((header): [object, string] => [
    { endpoints: [{ ...endpoint, authorization: { type: 'header', header, value: secret } }] },
    'endpoints.0.authorization.header: must have 1 to 512 characters, and no colon or control character',
  ]),
  ...['en_GB', '', 'xx', 'English'].map((locale): [object, string] => [
    { certificates: { texts: { locale } } },
    'certificates.texts.locale: is not a known locale, such as en-GB',
  ]),
  [{ slack: [channel, channel] }, 'slack.1.name: another consumer already has the name "learning"'],
  [{ endpoints: [endpoint, endpoint] }, 'endpoints.1.name: another consumer already has the name "crm"'],
  [
    { slack: [channel], endpoints: [{ ...endpoint, name: 'learning' }] },
    'endpoints.0.name: another consumer already has the name "learning"',
  ],
  [
    { slack: [{ ...channel, name: 'certificates' }] },
    'slack.0.name: another consumer already has the name "certificates"',
  ],
  [
    { slack: [{ ...channel, events: ['CourseCompleted', 'ChangesHeld', 'CourseCompleted'] }] },
    'slack.0.events: contains an event type twice',
  ],
  [undefined, 'expected object'],
])(
  'the settings %j are refused with one line that begins with the file name and says what is wrong',
  (content, line) => {
    let message = '';
    try {
      parseSettings(content, FILE);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain(line);
    expect(message.startsWith(`${FILE}: `)).toBe(true);
    expect(message).not.toContain('\n');
  },
);

it('a settings file that cannot be read is refused with one line', async () => {
  await expect(readSettings('no-such.config.ts')).rejects.toThrow(
    /^no-such.config.ts cannot be read: [^\n]+$/,
  );
});
