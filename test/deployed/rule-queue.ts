import {
  DeleteRuleCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { EVENT_SOURCE } from '../../functions/contract/event-source.ts';

const Delivered = z.object({
  'detail-type': z.string(),
  source: z.string(),
  detail: z.looseObject({ id: z.string() }),
});
export type Delivered = z.infer<typeof Delivered>;

/** A queue that a rule on the bus delivers every event of Schoolbell to. */
export type RuleQueue = {
  /** Waits until as many events have come, five minutes at most. */
  receive(count: number): Promise<Delivered[]>;
  remove(): Promise<void>;
};

const WAIT_MS = 5 * 60 * 1000;

export async function createRuleQueue(busArn: string, name: string): Promise<RuleQueue> {
  const bus = busArn.slice(busArn.indexOf('/') + 1);
  const events = new EventBridgeClient({});
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: process.env['AWS_ENDPOINT_URL'] === undefined });
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  const arn = Attributes?.['QueueArn'] ?? '';
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: arn,
      },
    ],
  };
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(policy) } }));
  const pattern = JSON.stringify({ source: [EVENT_SOURCE] });
  await events.send(new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern: pattern }));
  await events.send(
    new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets: [{ Id: 'queue', Arn: arn }] }),
  );
  return {
    async receive(count) {
      const received: Delivered[] = [];
      const until = Date.now() + WAIT_MS;
      while (received.length < count && Date.now() < until) {
        const answer = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 10 }),
        );
        for (const { Body = '', ReceiptHandle } of answer.Messages ?? []) {
          received.push(Delivered.parse(JSON.parse(Body)));
          await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
      return received;
    },
    async remove() {
      await events.send(new RemoveTargetsCommand({ Rule: name, EventBusName: bus, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand({ Name: name, EventBusName: bus }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
