import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import type { TableCall } from '../../functions/contract/names.ts';
import type { AnySecret, AnyTable } from './shared-props.ts';

/*
 * These functions grant exactly the API calls that the code makes (docs/iam.md), and the use of the KMS key.
 * The CDK's own grants include other calls, such as scanning a table, or finding a queue by its name.
 */

type QueueCall = 'SendMessage' | 'ReceiveMessage' | 'DeleteMessage' | 'GetQueueAttributes';
type SecretCall = 'GetSecretValue' | 'PutSecretValue';

/**
 * The calls that DynamoDB makes to a table's KMS key on behalf of the caller, according to the "usage notes"
 * of DynamoDB's encryption at rest.
 */
const TABLE_KEY = [
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
];

/** The calls to a secret's KMS key: `Decrypt` to read a value, and `GenerateDataKey` to store a value. */
const SECRET_KEY: Record<SecretCall, string> = {
  GetSecretValue: 'Decrypt',
  PutSecretValue: 'GenerateDataKey',
};

/**
 * The calls to a queue's KMS key that AWS requires:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
const QUEUE_KEY: Record<QueueCall, string[]> = {
  SendMessage: ['Decrypt', 'GenerateDataKey'],
  ReceiveMessage: ['Decrypt'],
  DeleteMessage: [],
  GetQueueAttributes: [],
};

export function grantTable(table: AnyTable, grantee: IGrantable, calls: readonly TableCall[]): void {
  table.grant(grantee, ...calls.map((call) => `dynamodb:${call}`));
  grantKey(table.encryptionKey, grantee, { service: 'dynamodb', calls: TABLE_KEY, scope: table });
}

export function grantQueue(queue: IQueue, grantee: IGrantable, ...calls: QueueCall[]): void {
  queue.grant(grantee, ...calls.map((call) => `sqs:${call}`));
  const keyCalls = [...new Set(calls.flatMap((call) => QUEUE_KEY[call]))];
  grantKey(queue.encryptionMasterKey, grantee, { service: 'sqs', calls: keyCalls, scope: queue });
}

export function grantSecret(secret: AnySecret, grantee: IGrantable, ...calls: SecretCall[]): void {
  const actions = calls.map((call) => `secretsmanager:${call}`);
  // The ARN of a secret that is imported by its name lacks the six characters that AWS adds to the name.
  const resourceArns = [secret.secretFullArn ?? `${secret.secretArn}-??????`];
  Grant.addToPrincipal({ grantee, actions, resourceArns });
  const keyCalls = calls.map((call) => SECRET_KEY[call]);
  grantKey(secret.encryptionKey, grantee, { service: 'secretsmanager', calls: keyCalls, scope: secret });
}

/**
 * Grants the use of a key, but only through the service whose data it encrypts. The key's policy must allow
 * access by IAM policies, as the default key policy does.
 */
function grantKey(
  key: IKey | undefined,
  grantee: IGrantable,
  { service, calls, scope }: { service: string; calls: string[]; scope: Construct },
): void {
  if (key === undefined || calls.length === 0) return;
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: calls.map((call) => `kms:${call}`),
      resources: [arnOf(key)],
      conditions: {
        StringEquals: { 'kms:ViaService': `${service}.${Stack.of(scope).region}.amazonaws.com` },
      },
    }),
  );
}

/**
 * In an IAM policy, the ARN of an alias does not allow the use of its key:
 * https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
 *
 * @throws Error for an imported alias, because its key is not known
 */
function arnOf(key: IKey): string {
  if (key instanceof Alias) return key.aliasTargetKey.keyArn;
  if ('aliasName' in key) {
    throw new Error(
      `${key.node.path}: the key of an imported alias is not known. Import the key by Key.fromKeyArn or Key.fromLookup`,
    );
  }
  return key.keyArn;
}

/**
 * Lets EventBridge use a KMS key for the buses and queues of an account. Has no effect on an imported key.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-encryption-key-policy.html
 */
export function admitEventBridge(key: IKey, scope: Construct): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [
        new ServicePrincipal('events.amazonaws.com', {
          conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
        }),
      ],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
      resources: ['*'],
    }),
  );
}

/** Records for cdk-nag why a policy may contain a star: in `suffix`, after the ARN of `resource`. */
export function explainStar(
  scope: IConstruct,
  { resource, suffix, reason }: { resource: IConstruct; suffix: string; reason: string },
): void {
  const element = resource.node.defaultChild;
  if (!CfnElement.isCfnElement(element)) return;
  const id = `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(element)}.Arn>${suffix}]`;
  Validations.of(scope).acknowledge({ id, reason });
}
