import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { translate } from './queue.ts';

/**
 * About how many messages wait in a queue.
 *
 * @throws DeploymentError when it is not there or may not be looked at; TransientError when SQS cannot be reached
 */
export async function countWaiting(client: SQSClient, url: string): Promise<number> {
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
  } catch (error) {
    throw translate(error);
  }
}
