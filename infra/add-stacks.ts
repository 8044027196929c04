import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { addConsumerStacks } from '../consumers/deploy/consumers-stack.ts';
import { consumerStacks } from '../consumers/deploy/settings.ts';
import { Schoolbell } from './constructs/schoolbell.ts';
import { SchoolbellState } from './constructs/schoolbell-state.ts';
import type { AnyBus } from './constructs/shared-props.ts';
import { createAlarmTopic, createBus } from './constructs/state-resources.ts';
import { deployedState, namedSecret, notifierProps, removalPolicyOf } from './props-of-settings.ts';
import { parseSettings } from './read-settings.ts';
import { type Place, refuseOtherPlaces, refuseTooMany } from './refuse-settings.ts';
import type { Settings, SettingsInput } from './settings.ts';

/**
 * Creates the stacks of a deployment: the state, the notifier, and the consumers that are switched on.
 *
 * @param scope an app or a stage
 * @param place if it is missing, the templates can be deployed to any account and Region
 * @throws SettingsError for settings that are wrong or that AWS would reject
 */
export function addStacks(
  scope: Construct,
  input: SettingsInput,
  place: Place = {},
): { state: StateStack; notifier: NotifierStack; consumers: Stack[] } {
  const settings = parseSettings(input, 'The settings');
  refuseOtherPlaces(settings, place);
  const { account, region } = place;
  const env = { ...(account && { account }), ...(region && { region }) };
  const state = new StateStack(scope, `${settings.name}State`, { env, settings });
  const notifier = new NotifierStack(scope, `${settings.name}Notifier`, { env, settings });
  const consumers = addConsumerStacks(scope, { env, settings });
  refuseTooMany(consumers);
  // These stacks read the parameters that the state stack writes.
  for (const stack of [notifier, ...consumers]) stack.addStackDependency(state);
  for (const stack of [state, notifier, ...consumers]) Tags.of(stack).add('schoolbell', settings.name);
  return { state, notifier, consumers };
}

/**
 * The table, the bus and the secrets are kept when the stack is destroyed, and when a setting selects other
 * resources. The alarm topic is here too, so that an e-mail address confirms its subscription only once.
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
    // The CDK leaves the id `Default` out of logical ids, as if the resources were directly in the stack.
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

  /** Returns undefined for the stack's own bus. It is always created: other systems may have rules on it. */
  #busOf(settings: Settings): AnyBus | undefined {
    const { bus, name, operators, logRetentionDays: logRetention } = settings;
    if (bus === 'own') return undefined;
    const own = createBus(this, { name, operators, logRetention });
    own.applyRemovalPolicy(removalPolicyOf(settings));
    return EventBus.fromEventBusArn(this, 'OtherBus', bus);
  }

  /** The stack's own topic is always created, because alarms that are still deployed may refer to it. */
  #alarmTopicOf({ alarms }: Settings): ITopic {
    const own = createAlarmTopic(this);
    if (alarms.startsWith('arn:')) return Topic.fromTopicArn(this, 'OtherAlarmTopic', alarms);
    if (alarms !== 'none') own.addSubscription(new EmailSubscription(alarms));
    return own;
  }
}

/** This stack can be destroyed and deployed again without loss of data. */
class NotifierStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, {
      ...props,
      description: 'Schoolbell: polls learning platforms and publishes what happened',
    });
    // As in `StateStack`, the CDK leaves this id out of logical ids.
    new Schoolbell(this, 'Default', {
      ...notifierProps(settings),
      state: deployedState(this, settings),
      consumerStacks: Object.values(consumerStacks(settings)),
    });
  }
}
