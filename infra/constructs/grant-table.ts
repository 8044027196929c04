import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { AnyTable } from './journal-table.ts';

type Call = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'Query';

/** Only the calls that a function makes: the ready-made grants include scans and streams. */
export function grantTable(table: AnyTable, grantee: IGrantable, ...calls: Call[]): void {
  table.grant(grantee, ...calls.map((call) => `dynamodb:${call}`));
}
