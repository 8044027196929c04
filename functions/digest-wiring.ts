import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SQSClient } from '@aws-sdk/client-sqs';
import { putEventsCall } from './adapters/eventbridge/put-events.ts';
import { createTeller } from './adapters/eventbridge/teller.ts';
import { createReceiver } from './adapters/sqs/receive.ts';
import { AWS_CLIENT } from './aws-client.ts';
import { DigestEnvironment } from './contract/digest-environment.ts';
import { parseAs } from './contract/environment.ts';
import type { DigestPorts } from './digest/prepare-digest.ts';

/** The ports of digest for the queue of a channel: environment → clients → ports. Called once, at a cold start. */
export function wireDigest(variables: Record<string, string | undefined>): (queueUrl: string) => DigestPorts {
  const environment = parseAs(DigestEnvironment, variables);
  const sqs = new SQSClient(AWS_CLIENT);
  const tell = createTeller({
    putEvents: putEventsCall(new EventBridgeClient(AWS_CLIENT)),
    bus: environment.BUS_NAME,
  });
  return (queueUrl) => ({ ...createReceiver(sqs, queueUrl), tell, clock: () => Date.now() });
}
