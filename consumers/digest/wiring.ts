import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { createNotifier } from '../../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../../functions/adapters/eventbridge/put-events.ts';
import { createReceiver } from '../../functions/adapters/sqs/receive.ts';
import { AWS_CLIENT } from '../../functions/aws-client.ts';
import { Environment, parseAs } from '../../functions/contract/environment.ts';
import type { DigestPorts } from './prepare-digest.ts';

const DigestEnvironment = z.pick(Environment, { BUS_NAME: true });

/** Returns a function that creates the ports for a channel's queue. Called once, at a cold start. */
export function wireDigest(variables: Record<string, string | undefined>): (queueUrl: string) => DigestPorts {
  const environment = parseAs(DigestEnvironment, variables);
  const sqs = new SQSClient(AWS_CLIENT);
  const notify = createNotifier({
    putEvents: putEventsCall(new EventBridgeClient(AWS_CLIENT)),
    bus: environment.BUS_NAME,
  });
  return (queueUrl) => ({ ...createReceiver(sqs, queueUrl), notify, clock: () => Date.now() });
}
