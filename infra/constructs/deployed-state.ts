import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import type { AnyBus } from '../../consumers/deploy/consumer-rule.ts';
import type { Settings } from '../settings.ts';
import type { AnySecret, AnyTable } from './state-resources.ts';

/**
 * The values of the state stack that the other stacks need: the name of the table, and the ARNs of the other resources.
 *
 * They are stored in parameters of Systems Manager, not in exports of CloudFormation. CloudFormation does not let an export
 * change while another stack imports it, so exports would block changes of the state stack.
 * docs/adr/0013-stacks-share-names-by-parameters.md
 */
export type StateNames = Record<
  'table' | 'bus' | 'kombo-secret' | 'webhook-secret' | 'remote-ids-key' | 'alarm-topic',
  string
>;

/** The resources of the state stack, in the form that the constructs of other stacks use. */
export type State = {
  table: AnyTable;
  bus: AnyBus;
  komboSecret: AnySecret;
  remoteIdsKey: AnySecret;
  alarmTopic: ITopic | null;
};

type StateSettings = Pick<Settings, 'name' | 'adopt' | 'alarms'>;

/** Writes the values to parameters. The other stacks read them with the functions below. */
export function writeStateNames(scope: Construct, settings: StateSettings, names: StateNames): void {
  for (const [name, stringValue] of Object.entries(names)) {
    new StringParameter(scope, `Name-${name}`, {
      parameterName: parameterName(settings, name),
      description: 'Schoolbell: read by its stacks when they are deployed',
      stringValue,
    });
  }
}

export function deployedTable(scope: Construct, settings: StateSettings): AnyTable {
  return Table.fromTableAttributes(scope, 'Table', {
    tableName: read(scope, settings, 'table'),
    ...encryption(scope, 'TableKey', settings.adopt.tableKey),
  });
}

export function deployedBus(scope: Construct, settings: StateSettings): AnyBus {
  return EventBus.fromEventBusArn(scope, 'Bus', read(scope, settings, 'bus'));
}

export function deployedKomboSecret(scope: Construct, settings: StateSettings): AnySecret {
  return Secret.fromSecretAttributes(scope, 'KomboSecret', {
    secretCompleteArn: read(scope, settings, 'kombo-secret'),
    ...encryption(scope, 'KomboSecretKey', settings.adopt.komboSecretKey),
  });
}

export function deployedWebhookSecret(scope: Construct, settings: StateSettings): AnySecret {
  return Secret.fromSecretAttributes(scope, 'WebhookSecret', {
    secretCompleteArn: read(scope, settings, 'webhook-secret'),
    ...encryption(scope, 'WebhookSecretKey', settings.adopt.webhookSecretKey),
  });
}

export function deployedRemoteIdsKey(scope: Construct, settings: StateSettings): AnySecret {
  return Secret.fromSecretCompleteArn(scope, 'RemoteIdsKey', read(scope, settings, 'remote-ids-key'));
}

/** Returns the topic to which alarms are published, or null if the settings have no alarm recipient. */
export function deployedAlarmTopic(scope: Construct, settings: StateSettings): ITopic | null {
  if (settings.alarms === 'none') return null;
  return Topic.fromTopicArn(scope, 'AlarmTopic', read(scope, settings, 'alarm-topic'));
}

function encryption(scope: Construct, id: string, key: string | undefined): { encryptionKey?: IKey } {
  return key === undefined ? {} : { encryptionKey: Key.fromKeyArn(scope, id, key) };
}

/** Returns a reference to a parameter. CloudFormation reads its value at each deployment, even if the template is unchanged. */
function read(scope: Construct, settings: StateSettings, name: keyof StateNames): string {
  return StringParameter.valueForStringParameter(scope, parameterName(settings, name));
}

function parameterName({ name: deployment }: StateSettings, name: string): string {
  return `/schoolbell/${deployment}/${name}`;
}
