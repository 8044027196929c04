import type { ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { NotifierSettings } from '../settings.ts';

/*
 * Types of resources that an app creates or imports. Each has the CDK's interface and its class, because
 * under strict compiler options the CDK's classes are not assignable to their own interfaces.
 */

/** A table that the app creates or imports. */
export type AnyTable = ITable | Table;

/** A secret that the app creates or imports. */
export type AnySecret = ISecret | Secret;

/** An event bus that the app creates or imports. */
export type AnyBus = IEventBus | EventBus;

/** The properties that all functions of a construct share. */
export interface SharedFunctionProps {
  /**
   * How long the logs of the functions are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays | undefined;

  /**
   * The VPC of the functions. They call Kombo, DynamoDB, SQS, EventBridge and Secrets Manager. The function for
   * certificates also calls S3, and that of a Slack channel calls Slack. The subnets of the functions must be
   * able to reach all of these services.
   *
   * @default - the functions run outside of a VPC
   */
  readonly vpc?: IVpc | undefined;

  /**
   * The subnets of the VPC.
   *
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection | undefined;

  /**
   * The security groups of the functions. Schoolbell opens no inbound port.
   *
   * @default - one new group for each function, which allows all outbound traffic
   */
  readonly securityGroups?: ISecurityGroup[] | undefined;

  /**
   * The KMS key of the data that the construct creates: table, secrets, bus, queues and bucket. Logs, which
   * contain no names, are not encrypted with it. Schoolbell adds the necessary permissions to the policy of a
   * key of the same app. The policy of an imported key must allow `events.amazonaws.com` the actions
   * `kms:Decrypt`, `kms:DescribeKey` and `kms:GenerateDataKey`. If the construct creates the bus, the policy
   * must also allow `delivery.logs.amazonaws.com` to decrypt and to generate data keys, for the logs of the bus.
   *
   * @default - keys that AWS owns
   */
  readonly encryptionKey?: IKey | undefined;
}

export type FunctionSettings = SharedFunctionProps & { readonly name: string };

/** Each part of the notifier reads only some of them. */
export type DeploymentSettings = FunctionSettings & NotifierSettings;

/**
 * The properties of a deployment that a consumer needs. A `Schoolbell` has all of them. If the bus belongs to
 * another account, consumers must be created there: write an object with these properties.
 */
export interface ISchoolbell {
  /** The name of the deployment. The path of the roles of the consumer's functions contains it. */
  readonly name: string;
  /** The bus with the events. Rules must be created in its account and Region. */
  readonly bus: AnyBus;
  /**
   * The account whose functions publish the events. Certificates are issued for events of this account only.
   *
   * @default - the account of the stack
   */
  readonly account?: string | undefined;
  /**
   * The topic to which alarms are published.
   *
   * @default - alarms notify nobody
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * The path or URL of the runbook to which the descriptions of alarms refer.
   *
   * @default 'docs/runbook.md'
   */
  readonly runbook?: string | undefined;
  /**
   * The properties of the consumer's functions. The consumer can override them.
   *
   * @default - the defaults of `SharedFunctionProps`
   */
  readonly functionProps?: SharedFunctionProps | undefined;
}

/** A consumer inherits the properties that it does not have, or that are undefined. */
export function functionSettings(
  { name, functionProps: inherited }: ISchoolbell,
  props: SharedFunctionProps,
): FunctionSettings {
  return {
    name,
    logRetention: props.logRetention ?? inherited?.logRetention,
    vpc: props.vpc ?? inherited?.vpc,
    vpcSubnets: props.vpcSubnets ?? inherited?.vpcSubnets,
    securityGroups: props.securityGroups ?? inherited?.securityGroups,
    encryptionKey: props.encryptionKey ?? inherited?.encryptionKey,
  };
}

/** The properties that a consumer needs if it reads records from Kombo. */
export interface KomboAccess {
  /** The secret with the Kombo API key. */
  readonly komboSecret: AnySecret;
  /** The secret with the key for hashed ids. */
  readonly remoteIdsKey: AnySecret;
  /**
   * The region of Kombo's API (`eu` or `us`), or the complete URL of another host.
   *
   * @default 'eu'
   */
  readonly kombo?: string | undefined;
  /**
   * How a platform's own ids are published.
   *
   * @default 'hash-emails'
   */
  readonly remoteIds?: 'keep' | 'hash' | 'omit' | 'hash-emails' | undefined;
}
