import { createHash } from 'node:crypto';
import type { IntegrationId } from '../../contract/integration-id.ts';

/**
 * The message group of an integration's messages. In a standard queue, SQS treats a group as a tenant: messages of one
 * that has many, or slow ones, wait behind those of the others ("fair queues").
 *
 * The integration's id, or its hash where SQS does not take the id: a group has at most 128 characters, letters, digits
 * and punctuation of ASCII (quotas of messages in the SQS developer guide).
 */
export function messageGroupOf(integration: IntegrationId): string {
  return /^[\x21-\x7e]{1,128}$/.test(integration)
    ? integration
    : createHash('sha256').update(integration).digest('hex');
}
