import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import type { TableCall } from '../../functions/contract/names.ts';
import type { AnySecret, AnyTable } from './state-resources.ts';

/*
 * Grants of exactly the calls that the code makes, each listed in docs/iam.md. The CDK's own grants include others, such as
 * scans of a table, or finding a queue by its name.
 */

type QueueCall = 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage' | 'GetQueueAttributes';
type SecretCall = 'GetSecretValue' | 'PutSecretValue';

/** What DynamoDB does with a table's own key on behalf of the table's user ("usage notes" of its encryption). */
const TABLE_KEY = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];

/** What Secrets Manager does with a secret's own key: it decrypts to read a value, and makes a data key to store one. */
const SECRET_KEY: Record<SecretCall, string> = {
  GetSecretValue: 'Decrypt',
  PutSecretValue: 'GenerateDataKey',
};

export function grantTable(table: AnyTable, grantee: IGrantable, calls: readonly TableCall[]): void {
  table.grant(grantee, ...calls.map((call) => `dynamodb:${call}`));
  grantKey(table.encryptionKey, grantee, { service: 'dynamodb', calls: TABLE_KEY, scope: table });
}

export function grantQueue(queue: IQueue, grantee: IGrantable, ...calls: QueueCall[]): void {
  queue.grant(grantee, ...calls.map((call) => `sqs:${call}`));
}

export function grantSecret(secret: AnySecret, grantee: IGrantable, ...calls: SecretCall[]): void {
  const actions = calls.map((call) => `secretsmanager:${call}`);
  Grant.addToPrincipal({ grantee, actions, resourceArns: [secret.secretArn] });
  const keyCalls = calls.map((call) => SECRET_KEY[call]);
  grantKey(secret.encryptionKey, grantee, { service: 'secretsmanager', calls: keyCalls, scope: secret });
}

/** Only through the service whose data the key encrypts. The key's policy must leave access to IAM, as by default. */
function grantKey(
  key: IKey | undefined,
  grantee: IGrantable,
  { service, calls, scope }: { service: string; calls: string[]; scope: Construct },
): void {
  if (key === undefined) return;
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: calls.map((call) => `kms:${call}`),
      resources: [key.keyArn],
      conditions: {
        StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` },
      },
    }),
  );
}

/** Tells cdk-nag why a role may use `<resource>` followed by a star. */
export function explainStar(
  scope: IConstruct,
  { resource, suffix, reason }: { resource: IConstruct; suffix: string; reason: string },
): void {
  const element = resource.node.defaultChild;
  if (!CfnElement.isCfnElement(element)) return;
  const id = `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(element)}.Arn>${suffix}]`;
  Validations.of(scope).acknowledge({ id, reason });
}
