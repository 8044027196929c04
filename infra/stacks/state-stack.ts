import { Stack, type StackProps } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { AnyBus } from '../constructs/resource-types.ts';
import { SchoolbellState } from '../constructs/schoolbell-state.ts';
import { AlarmTopic, createBus } from '../constructs/state-resources.ts';
import { namedSecret, removalPolicyOf } from '../props-of-settings.ts';
import type { Settings } from '../settings.ts';

/**
 * The stack with the state: the table, the bus and the secrets. They are kept when the stack is destroyed,
 * and when a setting selects other resources instead. The alarm topic is also in this stack, so that an
 * e-mail address must confirm its subscription only once.
 */
export class StateStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, {
      ...props,
      description: 'Schoolbell: table, event bus and secrets',
      terminationProtection: settings.keepState,
    });
    const { name, adopt, operators, logRetentionDays: logRetention } = settings;
    const secret = (id: string, arn: string | undefined) =>
      arn === undefined ? undefined : namedSecret(this, id, { arn });
    // `Default` is not a part of logical ids, so that the resources have the ids of resources of the stack itself.
    const state = new SchoolbellState(this, 'Default', {
      name,
      table: adopt.table === undefined ? undefined : Table.fromTableName(this, 'AdoptedTable', adopt.table),
      bus: this.#busOf(settings),
      komboSecret: secret('AdoptedKomboSecret', adopt.komboSecret),
      webhookSecret: secret('AdoptedWebhookSecret', adopt.webhookSecret),
      remoteIdsKey: secret('AdoptedRemoteIdsKey', adopt.remoteIdsKey),
      alarmTopic: this.#alarmTopicOf(settings),
      operators,
      logRetention,
      removalPolicy: removalPolicyOf(settings),
    });
    state.writeParameters();
  }

  /**
   * Returns the bus that the settings name, or undefined for the stack's own bus. The stack's own bus is
   * created in both cases, because other systems may have rules on it.
   */
  #busOf(settings: Settings): AnyBus | undefined {
    const { bus, name, operators, logRetentionDays: logRetention } = settings;
    if (bus === 'own') return undefined;
    const own = createBus(this, { name, operators, logRetention });
    own.applyRemovalPolicy(removalPolicyOf(settings));
    return EventBus.fromEventBusArn(this, 'OtherBus', bus);
  }

  /**
   * Returns the topic that the settings name: an existing topic, or the stack's own, with or without an
   * e-mail subscription. The stack's own topic is always created, because alarms that are still deployed may
   * refer to it.
   */
  #alarmTopicOf({ alarms }: Settings): ITopic {
    const own = new AlarmTopic(this, 'AlarmTopic');
    if (alarms.startsWith('arn:')) return Topic.fromTopicArn(this, 'OtherAlarmTopic', alarms);
    if (alarms !== 'none') own.addSubscription(new EmailSubscription(alarms));
    return own;
  }
}
