import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  CfnDelivery,
  CfnDeliveryDestination,
  CfnDeliverySource,
  CfnLogGroup,
  RetentionDays,
} from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { AnyBus, FunctionSettings } from './shared-props.ts';

/**
 * The log of the events that a bus could not deliver, with the reasons. Its level is a property of the bus
 * (`logConfig`). The log group has an explicit name for its resource policy. One policy for all log groups
 * would also work, but an account can have at most ten of them.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-logs.html,
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-CloudWatchLogs.html
 */
export class BusLogs extends Construct {
  constructor(scope: Construct, id: string, { settings, bus }: { settings: FunctionSettings; bus: AnyBus }) {
    super(scope, id);
    const { encryptionKey, logRetention: retention = RetentionDays.ONE_MONTH } = settings;
    const name = `/aws/vendedlogs/events/event-bus/${settings.name}`;
    const logGroupArn = logsArn(this, 'log-group', name);
    const logGroup = new CfnLogGroup(this, 'LogGroup', {
      logGroupName: name,
      // CloudFormation has no value for `INFINITE`: the property is left out.
      ...(retention !== RetentionDays.INFINITE && { retentionInDays: retention }),
      resourcePolicyDocument: deliveryPolicy(this, logGroupArn),
    });
    logGroup.applyRemovalPolicy(RemovalPolicy.DESTROY);

    const source = new CfnDeliverySource(this, 'Source', {
      name: `${settings.name}-bus-errors`,
      resourceArn: bus.eventBusArn,
      logType: 'ERROR_LOGS',
    });
    const destination = new CfnDeliveryDestination(this, 'Destination', {
      name: `${settings.name}-bus-errors`,
      destinationResourceArn: logGroupArn,
    });
    destination.addResourceDependency(logGroup);
    new CfnDelivery(this, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
    }).addResourceDependency(source);
    if (encryptionKey !== undefined) admitLogs(this, encryptionKey);
  }
}

/** Lets CloudWatch Logs write to the log group. AWS creates the same policy for a log group without one. */
function deliveryPolicy(scope: Construct, logGroupArn: string): PolicyDocument {
  const { account } = Stack.of(scope);
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [`${logGroupArn}:log-stream:*`],
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': logsArn(scope, '*') },
        },
      }),
    ],
  });
}

/**
 * EventBridge encrypts log records with the key of the bus until they are delivered:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/encryption-bus-logs.html
 */
function admitLogs(scope: Construct, key: IKey): void {
  for (const service of ['events', 'delivery.logs']) {
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal(`${service}.amazonaws.com`)],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: { StringLike: { 'kms:EncryptionContext:SourceArn': logsArn(scope, '*') } },
      }),
    );
  }
}

function logsArn(scope: Construct, resource: string, resourceName?: string): string {
  return Stack.of(scope).formatArn({
    service: 'logs',
    resource,
    ...(resourceName !== undefined && { resourceName }),
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
