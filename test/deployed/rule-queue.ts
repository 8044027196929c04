import {
  DeleteRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
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
import type { EventPattern } from '../../consumers/kit/event-pattern.ts';

const Delivered = z.looseObject({
  'detail-type': z.string(),
  source: z.string(),
  detail: z.looseObject({ id: z.string(), progression: z.optional(z.looseObject({ id: z.string() })) }),
});
export type Delivered = z.infer<typeof Delivered>;

/** A queue to which a rule on the bus delivers events. */
export type RuleQueue = {
  /**
   * Returns the events when `count` events have arrived. After eight minutes it returns the events that have
   * arrived, even if they are fewer.
   */
  receive(count: number): Promise<Delivered[]>;
  /** Returns the events that are in the queue or arrive within seconds. */
  rest(): Promise<Delivered[]>;
  /** Simulates an outage of the consumer. Events are not delivered until `comeBack` is called. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  remove(): Promise<void>;
};

const WAIT_MS = 8 * 60 * 1000;
const WAIT_SECONDS = 5;

export async function createRuleQueue(
  busArn: string,
  name: string,
  pattern: Partial<EventPattern>,
): Promise<RuleQueue> {
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
  await events.send(
    new PutRuleCommand({ Name: name, EventBusName: bus, EventPattern: JSON.stringify(pattern) }),
  );
  await events.send(
    new PutTargetsCommand({ Rule: name, EventBusName: bus, Targets: [{ Id: 'queue', Arn: arn }] }),
  );
  const take = async (): Promise<Delivered[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: WAIT_SECONDS }),
    );
    for (const { ReceiptHandle } of Messages) {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
    // The emulator accepts the probe of `doctor`, an event without a type, which EventBridge refuses.
    return Messages.map(({ Body = '' }) => JSON.parse(Body))
      .filter((event) => event['detail-type'] !== '')
      .map((event) => Delivered.parse(event));
  };
  const rule = { Name: name, EventBusName: bus };
  return {
    async receive(count) {
      const received: Delivered[] = [];
      const until = Date.now() + WAIT_MS;
      while (received.length < count && Date.now() < until) received.push(...(await take()));
      return received;
    },
    async rest() {
      const received: Delivered[] = [];
      for (let taken = await take(); taken.length > 0; taken = await take()) received.push(...taken);
      return received;
    },
    async goDown() {
      await events.send(new DisableRuleCommand(rule));
    },
    async comeBack() {
      await events.send(new EnableRuleCommand(rule));
    },
    async remove() {
      await events.send(new RemoveTargetsCommand({ Rule: name, EventBusName: bus, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand({ Name: name, EventBusName: bus }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
