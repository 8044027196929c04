import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { createReceiver } from '../../../functions/adapters/sqs/receive.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { startLocalServer } from '../../../local/local-server.ts';

const Batch = z.object({ Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })) });

test('when SQS does not delete one of 25 messages, `remove` deletes the other 24 and fails with the code of SQS', async () => {
  const deleted: string[] = [];
  const server = createServer(async (request, response) => {
    const { Entries } = Batch.parse(await json(request));
    const isRefused = ({ ReceiptHandle }: { ReceiptHandle: string }) => ReceiptHandle === 'receipt-3';
    deleted.push(...Entries.filter((entry) => !isRefused(entry)).map(({ ReceiptHandle }) => ReceiptHandle));
    const Failed = Entries.filter(isRefused).map(({ Id }) => ({
      Id,
      Code: 'InternalError',
      SenderFault: false,
    }));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Successful: [], Failed }));
  });
  const { origin: endpoint, close } = await startLocalServer(server);
  onTestFinished(close);
  const credentials = { accessKeyId: 'tested', secretAccessKey: 'tested' };
  const client = new SQSClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const receipts = Array.from({ length: 25 }, (_, at) => `receipt-${at}`);

  const removing = createReceiver(client, `${endpoint}/123456789012/digest`).remove(receipts);

  await expect(removing).rejects.toThrow(
    new TransientError('1 message could not be deleted from the queue (InternalError)'),
  );
  expect(deleted).toEqual(receipts.filter((receipt) => receipt !== 'receipt-3'));
});
