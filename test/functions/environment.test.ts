import { expect, test } from 'vitest';
import { DispatchEnvironment, Environment } from '../../functions/contract/environment.ts';

const variables = {
  TABLE_NAME: 'schoolbell',
  QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/1/poll',
  BUS_NAME: 'schoolbell',
  KOMBO_SECRET_ID: 'kombo',
  REMOTE_IDS_KEY_ID: 'key',
};

test.each([
  ['OVERLAP_SECONDS', '0', 0],
  ['OVERLAP_SECONDS', undefined, 900],
  ['SURGE_SHARE', '0.25', 0.25],
  ['SURGE_FLOOR', '0', 0],
  ['JOURNAL_RETENTION_DAYS', '30', 30],
] as const)('the variable %s=%s means %d', (name, text, value) => {
  expect(Environment.parse({ ...variables, [name]: text })[name]).toBe(value);
});

test.each(['OVERLAP_SECONDS', 'SURGE_SHARE', 'SURGE_FLOOR', 'JOURNAL_RETENTION_DAYS', 'POLL_EVERY_MINUTES'])(
  'the variable %s is refused if it is empty, because an empty text is not the number 0',
  (name) => {
    const schema = name in Environment.shape ? Environment : DispatchEnvironment;
    for (const text of ['', ' ', 'no number']) {
      const { error } = schema.safeParse({ ...variables, INTEGRATIONS: '', [name]: text });
      expect(error?.issues.map(({ path }) => path)).toEqual([[name]]);
    }
  },
);
