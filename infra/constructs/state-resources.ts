import { Fn, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { CfnEventBus, CfnEventBusPolicy, EventBus, IncludeDetail, Level } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, ServicePrincipal, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { BusLogs } from './bus-logs.ts';
import { admitEventBridge } from './grants.ts';
import { rolePath } from './notifier-function.ts';
import type { FunctionSettings } from './shared-props.ts';

/** DynamoDB deletes a journal entry after the time in its attribute `expires`. */
export function createTable(
  scope: Construct,
  { deletionProtection, encryptionKey }: { deletionProtection: boolean; encryptionKey: IKey | undefined },
): Table {
  return new Table(scope, 'Table', {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: { name: 'sk', type: AttributeType.STRING },
    timeToLiveAttribute: 'expires',
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection,
    ...(encryptionKey && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
  });
}

/** An operator sets the value after the deployment. A generated value would be sent to Kombo as a key. */
export function createEmptySecret(
  scope: Construct,
  id: string,
  { description, encryptionKey }: { description: string; encryptionKey: IKey | undefined },
): Secret {
  const secret = new Secret(scope, id, { description, ...(encryptionKey && { encryptionKey }) });
  const resource = secret.node.defaultChild;
  if (resource instanceof CfnSecret) resource.addPropertyDeletionOverride('GenerateSecretString');
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'Kombo issues the value and has no API to rotate it. A new one is used within five minutes.',
  });
  return secret;
}

export function createRemoteIdsKey(scope: Construct, encryptionKey: IKey | undefined): Secret {
  const secret = new Secret(scope, 'RemoteIdsKey', {
    description: "The key for hashes of platforms' ids. With another value, each id would have another hash",
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    ...(encryptionKey && { encryptionKey }),
  });
  Validations.of(secret).acknowledge({
    id: 'AwsSolutions-SMG4',
    reason: 'With another key, each id would have another hash.',
  });
  return secret;
}

export function createAlarmTopic(scope: Construct): Topic {
  const topic = new Topic(scope, 'AlarmTopic', { enforceSSL: true });
  // This policy replaces a topic's default policy, which allows the account's alarms to publish.
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  return topic;
}

type OwnBusProps = FunctionSettings & { operators: string[] };

/**
 * A bus must have a name, and a bus that was kept would conflict with a new bus of the same name. So the name
 * is different for each stack.
 */
export function createBus(scope: Construct, { operators, ...settings }: OwnBusProps): EventBus {
  const [, , stackUuid = ''] = Fn.split('/', Stack.of(scope).stackId, 3);
  const bus = new EventBus(scope, 'Bus', {
    eventBusName: `${settings.name}-${Fn.select(0, Fn.split('-', stackUuid))}`,
    description: 'What happened to course progressions',
    // The detail of an event can contain a learner's name, so it is not logged.
    logConfig: { level: Level.ERROR, includeDetail: IncludeDetail.NONE },
  });
  if (settings.encryptionKey !== undefined) encryptBus(bus, settings.encryptionKey);
  new BusLogs(scope, 'BusLogs', { settings, bus });
  const onlyOurs = onlyOursAsSchoolbell(bus, settings, operators);
  // The CDK's `addToResourcePolicy` creates a Sid with a hyphen, which IAM does not allow.
  new CfnEventBusPolicy(scope, 'BusPolicy', {
    eventBusName: bus.eventBusName,
    statementId: onlyOurs.sid ?? '',
    statement: onlyOurs.toStatementJson(),
  });
  return bus;
}

/**
 * The CDK's property `kmsKey` writes the name of the bus into the policy of the key, so the key could not be in
 * another stack.
 */
function encryptBus(bus: EventBus, key: IKey): void {
  const resource = bus.node.defaultChild;
  if (resource instanceof CfnEventBus) resource.kmsKeyIdentifier = key.keyArn;
  admitEventBridge(key, bus);
}

/**
 * Denies all principals except the functions and the operators the right to send events as Schoolbell.
 * Otherwise other principals of this account could have it by their own policies. A request is denied if one
 * of its events has Schoolbell's source. A request of an AWS service has no `aws:PrincipalArn`, so the
 * negated operator matches and denies it: a rule of another bus cannot forward forged events.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
 */
function onlyOursAsSchoolbell(
  bus: EventBus,
  settings: FunctionSettings,
  operators: string[],
): PolicyStatement {
  const functions = Stack.of(bus).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `${rolePath(settings).slice(1)}*`,
  });
  return new PolicyStatement({
    sid: 'OnlySchoolbellSendsAsSchoolbell',
    effect: Effect.DENY,
    principals: [new StarPrincipal()],
    actions: ['events:PutEvents'],
    resources: [bus.eventBusArn],
    conditions: {
      'ForAnyValue:StringEquals': { 'events:source': EVENT_SOURCE },
      ArnNotLike: { 'aws:PrincipalArn': [functions, ...operators] },
    },
  });
}
