import { SQSClient } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createQueue, messageGroupOf } from '../../../functions/adapters/sqs/queue.ts';
import { IntegrationId } from '../../../functions/contract/integration.ts';
import { type LocalQueueAndSecrets, startLocalQueue } from '../../support/local-queue.ts';

let queue: LocalQueueAndSecrets;
let client: SQSClient;
beforeAll(async () => {
  queue = await startLocalQueue({});
  const credentials = { accessKeyId: 'tested', secretAccessKey: 'tested' };
  client = new SQSClient({ endpoint: queue.endpoint, region: 'eu-central-1', credentials });
});
afterAll(() => queue.close());

const integration = fc
  .tuple(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 210, size: 'max' }),
  )
  .map(([tool, rest]) => `${tool}:${rest}`)
  .filter((id) => IntegrationId.safeParse(id).success);

it("each integration has its own message group, which SQS accepts, whatever the length of the integration's id", async () => {
  const { send } = createQueue<{ integration: IntegrationId }>(client, `${queue.endpoint}/123456789012/poll`);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(integration, { minLength: 1, maxLength: 25 }), async (ids) => {
      queue.groups.length = 0;
      await send(ids.map((id) => ({ integration: id })));
      expect(new Set(queue.groups)).toEqual(new Set(ids.map(messageGroupOf)));
      expect(new Set(queue.groups).size).toBe(ids.length);
      expect(Math.max(...queue.groups.map(({ length }) => length))).toBeLessThanOrEqual(128);
    }),
    { numRuns: 30 },
  );
});

it("the SQS message group of an integration is the integration's id, if the id has the usual length", () => {
  expect(messageGroupOf('moodle:7C9M5sXAQx2cNMpVHLojrFpL')).toBe('moodle:7C9M5sXAQx2cNMpVHLojrFpL');
});
