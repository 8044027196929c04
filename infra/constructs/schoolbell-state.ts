import { CfnOutput, Names, RemovalPolicy } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { outputNames } from '../../functions/contract/names.ts';
import { parseProps, SettingsError } from '../read-settings.ts';
import { StateValues } from '../settings.ts';
import { keepData } from './keep-data.ts';
import type { AnyBus, AnySecret, AnyTable } from './shared-props.ts';
import {
  createAlarmTopic,
  createBus,
  createEmptySecret,
  createRemoteIdsKey,
  createTable,
} from './state-resources.ts';

/** The state of a deployment: the resources that `SchoolbellState` creates, or finds by parameters. */
export interface ISchoolbellState {
  /** The name of the deployment. */
  readonly name: string;
  /** The table with the journal. */
  readonly table: AnyTable;
  /** The bus on which events are published. */
  readonly bus: AnyBus;
  /**
   * Whether the bus was created for this deployment. Such a bus is in the account of the deployment.
   *
   * @default false
   */
  readonly hasOwnBus?: boolean | undefined;
  /** The secret with the Kombo API key. */
  readonly komboSecret: AnySecret;
  /** The secret with which Kombo signs its webhooks. */
  readonly webhookSecret: AnySecret;
  /** The secret with the key for hashed ids. */
  readonly remoteIdsKey: AnySecret;
  /**
   * The topic to which alarms are published.
   *
   * @default - alarms notify nobody
   */
  readonly alarmTopic?: ITopic | undefined;
}

/** Properties of `SchoolbellState`. */
export interface SchoolbellStateProps {
  /**
   * The name of the deployment: the dimension of its metrics, and a part of the names of its roles and logs.
   * It must be unique in an account and Region. At most 40 letters, digits and hyphens. When it changes, the
   * bus is replaced.
   *
   * @default - a name that is generated from the names of the stack and the construct
   */
  readonly name?: string | undefined;

  /**
   * A table to use, such as one that was restored from a backup. Its keys are `pk` and `sk`, both texts.
   *
   * @default - a new table with point-in-time recovery
   */
  readonly table?: AnyTable | undefined;

  /**
   * The bus on which events are published. It may belong to another account. Then the policy of the bus must
   * allow this account to send events. Anybody who may send events to this bus can send events as Schoolbell,
   * unless the policy of the bus denies it.
   *
   * @default - a new bus, to which only the functions and the `operators` can send events as Schoolbell
   */
  readonly bus?: AnyBus | undefined;

  /**
   * The secret with the Kombo API key, as plain text.
   *
   * @default - a new secret without a value: `schoolbell key` sets it
   */
  readonly komboSecret?: AnySecret | undefined;

  /**
   * The secret with which Kombo signs its webhooks, as plain text.
   *
   * @default - a new secret without a value
   */
  readonly webhookSecret?: AnySecret | undefined;

  /**
   * The secret with the key for hashed ids. With another value, each id would have another hash.
   *
   * @default - a new secret with a generated value
   */
  readonly remoteIdsKey?: AnySecret | undefined;

  /**
   * The topic to which alarms are published.
   *
   * @default - a new topic without subscriptions
   */
  readonly alarmTopic?: ITopic | undefined;

  /**
   * ARNs of the IAM roles and users that run the command line. `*` matches any text. Only they and the
   * functions can send events as Schoolbell to the bus that the construct creates.
   *
   * @default - nobody: commands that publish events fail, such as `schoolbell release`
   */
  readonly operators?: string[] | undefined;

  /**
   * The KMS key of the table, the secrets and the bus that the construct creates. `SharedFunctionProps`
   * describes the policy of the key.
   *
   * @default - keys that AWS owns or manages
   */
  readonly encryptionKey?: IKey | undefined;

  /**
   * How long the logs of the bus are kept, if this construct creates the bus. They name the events that the
   * bus could not deliver, without their detail.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays | undefined;

  /**
   * What happens to a resource with data when it is removed from the stack. With `RETAIN`, the table also has
   * deletion protection.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY | undefined;
}

/** The properties by which `SchoolbellState.fromParameters` finds a state. */
export interface SchoolbellStateAttributes {
  /** The name of the deployment. */
  readonly name: string;
  /**
   * The KMS key of the table.
   *
   * @default - a key that AWS owns
   */
  readonly tableKey?: IKey | undefined;
  /**
   * The KMS key of the secret with the Kombo API key.
   *
   * @default - a key that AWS manages
   */
  readonly komboSecretKey?: IKey | undefined;
  /**
   * The KMS key of the secret of the webhook.
   *
   * @default - a key that AWS manages
   */
  readonly webhookSecretKey?: IKey | undefined;
  /**
   * The KMS key that encrypts the secret in which the key for hashing ids is stored.
   *
   * @default - a key that AWS manages
   */
  readonly remoteIdsKeyKey?: IKey | undefined;
  /**
   * Whether the bus was created by `SchoolbellState`.
   *
   * @default true
   */
  readonly hasOwnBus?: boolean | undefined;
  /**
   * Whether alarms are published to the topic of the state.
   *
   * @default true
   */
  readonly hasAlarms?: boolean | undefined;
}

/** The parameters contain the name of the table, and the ARNs of the other resources. */
type ParameterName = 'table' | 'bus' | 'kombo-secret' | 'webhook-secret' | 'remote-ids-key' | 'alarm-topic';

/**
 * The part of a deployment that holds data. Create it in a separate stack if you want to delete the rest of
 * the deployment and deploy it again without losing data. By default `Schoolbell` creates it.
 */
export class SchoolbellState extends Construct implements ISchoolbellState {
  readonly name: string;
  readonly table: AnyTable;
  readonly bus: AnyBus;
  readonly hasOwnBus: boolean;
  readonly komboSecret: AnySecret;
  readonly webhookSecret: AnySecret;
  readonly remoteIdsKey: AnySecret;
  readonly alarmTopic: ITopic;

  /**
   * Returns the state that another stack of this account and Region created, without a reference between the
   * stacks. That stack must call `writeParameters`, and must be deployed first. CloudFormation reads the
   * values at each deployment, so they may change, unlike exports.
   */
  static fromParameters(
    scope: Construct,
    id: string,
    attributes: SchoolbellStateAttributes,
  ): ISchoolbellState {
    const { name, hasOwnBus = true, hasAlarms = true, tableKey } = attributes;
    const found = new Construct(scope, id);
    const read = (parameter: ParameterName) =>
      StringParameter.valueForStringParameter(found, parameterPath(name, parameter));
    const secret = (secretId: string, parameter: ParameterName, key: IKey | undefined) =>
      once(() =>
        Secret.fromSecretAttributes(found, secretId, {
          secretCompleteArn: read(parameter),
          ...(key && { encryptionKey: key }),
        }),
      );
    // Each parameter is read at the first use of its resource, so that a stack has only the parameters it
    // uses.
    const table = once(() =>
      Table.fromTableAttributes(found, 'Table', {
        tableName: read('table'),
        ...(tableKey && { encryptionKey: tableKey }),
      }),
    );
    const bus = once(() => EventBus.fromEventBusArn(found, 'Bus', read('bus')));
    const komboSecret = secret('KomboSecret', 'kombo-secret', attributes.komboSecretKey);
    const webhookSecret = secret('WebhookSecret', 'webhook-secret', attributes.webhookSecretKey);
    const remoteIdsKey = secret('RemoteIdsKey', 'remote-ids-key', attributes.remoteIdsKeyKey);
    const alarmTopic = once(() => Topic.fromTopicArn(found, 'AlarmTopic', read('alarm-topic')));
    return {
      name,
      hasOwnBus,
      get table() {
        return table();
      },
      get bus() {
        return bus();
      },
      get komboSecret() {
        return komboSecret();
      },
      get webhookSecret() {
        return webhookSecret();
      },
      get remoteIdsKey() {
        return remoteIdsKey();
      },
      get alarmTopic() {
        return hasAlarms ? alarmTopic() : undefined;
      },
    };
  }

  constructor(scope: Construct, id: string, props: SchoolbellStateProps = {}) {
    super(scope, id);
    const { encryptionKey, logRetention, removalPolicy = RemovalPolicy.RETAIN } = props;
    const { name = Names.uniqueResourceName(this, { maxLength: 40 }), operators } = parseProps(
      StateValues,
      props,
      this.node.path,
    );
    this.name = name;
    const deletionProtection = removalPolicy === RemovalPolicy.RETAIN;
    this.table = props.table ?? createTable(this, { deletionProtection, encryptionKey });
    this.hasOwnBus = props.bus === undefined;
    this.bus = props.bus ?? createBus(this, { name, operators, encryptionKey, logRetention });
    const secretOf = (id: string, description: string) =>
      createEmptySecret(this, id, { description, encryptionKey });
    this.komboSecret = props.komboSecret ?? secretOf('KomboSecret', 'The Kombo API key');
    // Created even if the webhook is off. An operator can set its value before the webhook is switched on,
    // and the value is kept when the webhook is switched off.
    this.webhookSecret =
      props.webhookSecret ?? secretOf('WebhookSecret', 'The secret with which Kombo signs its webhooks');
    // Created even if no id is hashed. So ids have the same hashes again after `remoteIds` was changed and
    // changed back.
    this.remoteIdsKey = props.remoteIdsKey ?? createRemoteIdsKey(this, encryptionKey);
    this.alarmTopic = props.alarmTopic ?? createAlarmTopic(this);
    new CfnOutput(this, outputNames.table, { value: this.table.tableName });
    new CfnOutput(this, outputNames.bus, { value: this.bus.eventBusArn });
    new CfnOutput(this, outputNames.komboSecret, { value: this.komboSecret.secretArn });
    new CfnOutput(this, outputNames.webhookSecret, { value: this.webhookSecret.secretArn });
    new CfnOutput(this, outputNames.remoteIdsKey, { value: this.remoteIdsKey.secretArn });
    keepData(this, removalPolicy);
  }

  /**
   * Writes the names of the resources to parameters of Systems Manager, from which `fromParameters` reads
   * them. An export of CloudFormation cannot change while another stack imports it.
   */
  writeParameters(): void {
    const values: Record<ParameterName, string> = {
      table: this.table.tableName,
      bus: this.bus.eventBusArn,
      'kombo-secret': completeArn(this.komboSecret),
      'webhook-secret': completeArn(this.webhookSecret),
      'remote-ids-key': completeArn(this.remoteIdsKey),
      'alarm-topic': this.alarmTopic.topicArn,
    };
    for (const [parameter, stringValue] of Object.entries(values)) {
      new StringParameter(this, `Name-${parameter}`, {
        parameterName: parameterPath(this.name, parameter),
        description: "Read by Schoolbell's stacks when they are deployed",
        stringValue,
      });
    }
  }
}

function once<Value extends object>(make: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

function completeArn(secret: AnySecret): string {
  if (secret.secretFullArn !== undefined) return secret.secretFullArn;
  throw new SettingsError(`${secret.node.path}: import the secret by its complete ARN, not by its name`);
}

function parameterPath(deployment: string, parameter: string): string {
  return `/schoolbell/${deployment}/${parameter}`;
}
