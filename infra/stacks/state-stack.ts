import {
  CfnOutput,
  CfnResource,
  CfnWaitConditionHandle,
  Duration,
  RemovalPolicy,
  Stack,
  type StackProps,
} from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { EVENT_SOURCE } from '../../functions/contract/event-source.ts';
import { outputNames } from '../../functions/contract/output-names.ts';
import { alarmTopic } from '../constructs/alarm-topic.ts';
import { type AnySecret, EmptySecret } from '../constructs/empty-secret.ts';
import { type AnyTable, JournalTable } from '../constructs/journal-table.ts';
import type { Settings } from '../settings.ts';

/** What must not be lost: the table, the bus with its archive, the secrets. Kept when the stack goes. */
export class StateStack extends Stack {
  readonly table: AnyTable;
  readonly bus: IEventBus | EventBus;
  readonly komboSecret: AnySecret;
  readonly webhookSecret: AnySecret | null;
  /** Here, since an e-mail address confirms that it wants to be told, and once is enough. */
  readonly alarmTopic: ITopic | null;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, {
      ...props,
      description: 'Schoolbell: table, event bus and secrets',
      terminationProtection: settings.keepState,
    });
    const { adopt } = settings;
    const removalPolicy = settings.keepState ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;

    this.table =
      adopt.table === undefined
        ? new JournalTable(this, 'Table', { keep: settings.keepState })
        : Table.fromTableName(this, 'Table', adopt.table);

    this.bus = this.#bus(settings, removalPolicy);

    this.komboSecret =
      adopt.komboSecret === undefined
        ? new EmptySecret(this, 'KomboSecret', { description: 'The Kombo API key', removalPolicy })
        : Secret.fromSecretCompleteArn(this, 'KomboSecret', adopt.komboSecret);

    this.webhookSecret = settings.webhook ? this.#webhookSecret(adopt.webhookSecret, removalPolicy) : null;

    this.alarmTopic = alarmTopic(this, settings.alarms);

    // CloudFormation takes no stack without a resource, which this one is when everything is adopted.
    if (!this.node.findAll().some(CfnResource.isCfnResource)) new CfnWaitConditionHandle(this, 'Nothing');

    new CfnOutput(this, outputNames.table, { value: this.table.tableName });
    new CfnOutput(this, outputNames.bus, { value: this.bus.eventBusArn });
    new CfnOutput(this, outputNames.komboSecret, { value: this.komboSecret.secretArn });
    if (this.webhookSecret) {
      new CfnOutput(this, outputNames.webhookSecret, { value: this.webhookSecret.secretArn });
    }
  }

  #bus(settings: Settings, removalPolicy: RemovalPolicy): IEventBus | EventBus {
    const bus =
      settings.bus === 'own'
        ? new EventBus(this, 'Bus', { description: 'What happened to course progressions' })
        : EventBus.fromEventBusArn(this, 'Bus', settings.bus);
    if (settings.bus === 'own') bus.applyRemovalPolicy(removalPolicy);
    // An archive keeps whole events, so there is none when they carry names, unless somebody asks for none at all.
    if (settings.archive ?? settings.learnerDetails === 'omit') {
      new Archive(this, 'Archive', {
        sourceEventBus: bus,
        description: 'Schoolbell: events as they were published',
        eventPattern: { source: [EVENT_SOURCE] },
        retention: Duration.days(settings.archiveRetentionDays),
      }).applyRemovalPolicy(removalPolicy);
    }
    return bus;
  }

  #webhookSecret(adopted: string | undefined, removalPolicy: RemovalPolicy): AnySecret {
    return adopted === undefined
      ? new EmptySecret(this, 'WebhookSecret', {
          description: 'What Kombo signs its webhooks with',
          removalPolicy,
        })
      : Secret.fromSecretCompleteArn(this, 'WebhookSecret', adopted);
  }
}
