import type { EventPattern as CdkPattern } from 'aws-cdk-lib/aws-events';
import type { EventPattern } from '../../rules/event-pattern.ts';

/** A pattern as the CDK writes it into a rule. */
export function cdkPattern({ source, 'detail-type': detailType, detail }: EventPattern): CdkPattern {
  return { source, detailType, ...(detail && { detail }) };
}
