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
import { Endpoint } from '../endpoints/endpoint.ts';
import { Digests } from '../slack/digest/digest-construct.ts';
import { SlackChannel } from '../slack/slack-channel.ts';
import { addDeadLetterAlarms } from './dead-letter-alarms.ts';
import { SchemaRegistry } from './schema-registry.ts';
import { consumerStacks } from './stack-names.ts';

/** What the stacks of consumers need of the deployment. */
export type ConsumerStackProps = StackProps & { settings: Settings };

/** Certificates: deployed where the settings have `certificates`. */
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
    addDeadLetterAlarms(this, { settings, topic: deployedAlarmTopic(this, settings) });
    new CfnOutput(this, 'CertificatesBucket', { value: bucket.bucketName });
  }
}

/** Slack, HTTPS endpoints and the schema registry: deployed where the settings have one of them. */
export class SubscribersStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ConsumerStackProps) {
    super(scope, id, { ...props, description: 'Schoolbell: Slack channels and HTTPS endpoints' });
    if (settings.slack.length + settings.endpoints.length > 0) this.#addSubscribers(settings);
    if (settings.schemaRegistry) new SchemaRegistry(this, 'Schemas', { name: settings.name });
  }

  #addSubscribers(settings: Settings): void {
    const bus = deployedBus(this, settings);
    const hasDigests = settings.slack.some(({ digestAt }) => digestAt !== undefined);
    const digests = hasDigests ? new Digests(this, 'Digests', { settings, bus }) : null;
    for (const slack of settings.slack)
      new SlackChannel(this, `Slack-${slack.name}`, { settings, slack, bus, digests });
    for (const endpoint of settings.endpoints)
      new Endpoint(this, `Endpoint-${endpoint.name}`, { settings, endpoint, bus });
    addDeadLetterAlarms(this, { settings, topic: deployedAlarmTopic(this, settings) });
  }
}

/** The stacks of the consumers that the settings ask for: none by default. */
export function addConsumerStacks(scope: Construct, props: ConsumerStackProps): Stack[] {
  const { certificates, subscribers } = consumerStacks(props.settings);
  return [
    ...(certificates.isOn ? [new CertificatesStack(scope, certificates.name, props)] : []),
    ...(subscribers.isOn ? [new SubscribersStack(scope, subscribers.name, props)] : []),
  ];
}
