import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import {
  deployedAlarmTopic,
  deployedBus,
  deployedKomboSecret,
  deployedRemoteIdsKey,
} from '../../infra/constructs/deployed-state.ts';
import type { Settings } from '../../infra/settings.ts';
import { Certificates } from '../certificates/certificates-construct.ts';
import { Digests } from '../digest/digest-construct.ts';
import { Endpoint } from '../endpoints/endpoint.ts';
import { SlackChannel } from '../slack/slack-channel.ts';
import { addDeadLetterAlarms } from './dead-letter-alarms.ts';
import { SchemaRegistry } from './schema-registry.ts';
import { consumerStacks, hasDigests, hasSubscribers, type Subscribers } from './settings.ts';

export type ConsumerStackProps = StackProps & { settings: Settings };

/** The stack of certificates. It is deployed if the settings have `certificates`. */
export class CertificatesStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ConsumerStackProps) {
    super(scope, id, { ...props, description: 'Schoolbell: certificates' });
    const { certificates } = settings;
    if (certificates === undefined) throw new Error('The settings have no certificates');
    const { bucket } = new Certificates(this, 'Certificates', {
      settings,
      certificates,
      bus: deployedBus(this, settings),
      komboSecret: deployedKomboSecret(this, settings),
      remoteIdsKey: deployedRemoteIdsKey(this, settings),
    });
    addDeadLetterAlarms(this, { runbook: settings.runbook, topic: deployedAlarmTopic(this, settings) });
    new CfnOutput(this, 'CertificatesBucket', { value: bucket.bucketName });
  }
}

/** The stack of Slack channels, HTTPS endpoints and the schema registry. It is deployed if the settings have one of them. */
export class SubscribersStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ConsumerStackProps) {
    super(scope, id, { ...props, description: 'Schoolbell: Slack channels and HTTPS endpoints' });
    if (hasSubscribers(settings)) this.#addSubscribers(settings);
    if (settings.schemaRegistry) new SchemaRegistry(this, 'Schemas', { name: settings.name });
  }

  #addSubscribers(settings: Settings): void {
    const { slack, endpoints, secretsRevision } = settings;
    const bus = deployedBus(this, settings);
    const digests = hasDigests(settings) ? new Digests(this, 'Digests', { settings, bus }) : null;
    // The keys are the names of the settings, so that the compiler reports a setting without a function here.
    const add: Record<keyof Subscribers, () => void> = {
      slack: () => {
        for (const channel of slack)
          new SlackChannel(this, `Slack-${channel.name}`, { settings, slack: channel, bus, digests });
      },
      endpoints: () => {
        for (const endpoint of endpoints)
          new Endpoint(this, `Endpoint-${endpoint.name}`, { endpoint, secretsRevision, bus });
      },
    };
    for (const addSubscribers of Object.values(add)) addSubscribers();
    addDeadLetterAlarms(this, { runbook: settings.runbook, topic: deployedAlarmTopic(this, settings) });
  }
}

/** Creates and returns the stacks of the consumers in the settings. By default there are none. */
export function addConsumerStacks(scope: Construct, props: ConsumerStackProps): Stack[] {
  const { certificates, subscribers } = consumerStacks(props.settings);
  return [
    ...(certificates.isOn ? [new CertificatesStack(scope, certificates.name, props)] : []),
    ...(subscribers.isOn ? [new SubscribersStack(scope, subscribers.name, props)] : []),
  ];
}
