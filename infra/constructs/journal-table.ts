import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/** A table of this deployment or an adopted one. The CDK's classes do not fit their own interfaces under strict options. */
export type AnyTable = ITable | Table;

/**
 * The table that holds the truth: point-in-time recovery, encrypted, paid per request. Journal entries go by
 * themselves when `expires` has passed.
 */
export class JournalTable extends Table {
  constructor(scope: Construct, id: string, { deletionProtection }: { deletionProtection: boolean }) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expires',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection,
    });
  }
}
