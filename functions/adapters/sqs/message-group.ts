import { createHash } from 'node:crypto';
import type { IntegrationId } from '../../contract/integration.ts';

/**
 * The message group of an integration's messages. In a standard queue, SQS treats a group as a tenant: messages of one
 * that has many, or slow ones, wait behind those of the others ("fair queues").
 *
 * The integration's id, or its hash where that is longer than the 128 characters of a group (quotas of messages in the SQS
 * developer guide).
 */
export function messageGroupOf(integration: IntegrationId): string {
  return integration.length <= 128 ? integration : createHash('sha256').update(integration).digest('hex');
}
