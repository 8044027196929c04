import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnRegistry, CfnSchema } from 'aws-cdk-lib/aws-eventschemas';
import { Construct } from 'constructs';
import { eventSchema } from '../../catalogue/event-schema.ts';
import { EVENT_SOURCE, outputNames } from '../../functions/contract/names.ts';
import { eventTypes } from '../../functions/contract/published-events.ts';
import { deployedSchoolbell, namedSecret, removalPolicyOf } from '../../infra/props-of-settings.ts';
import type { Settings } from '../../infra/settings.ts';
import { Certificates } from '../certificates/certificates-construct.ts';
import { Endpoint, type EndpointAuthorization } from '../endpoints/endpoint.ts';
import { SlackChannel, type SlackConnection } from '../slack/slack-channel.ts';
import { consumerStacks, type EndpointSettings, type SlackSettings, type Subscribers } from './settings.ts';

type ConsumerStackProps = StackProps & { settings: Settings };

class CertificatesStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ConsumerStackProps) {
    super(scope, id, { ...props, description: 'Schoolbell: certificates' });
    const { bucket } = new Certificates(this, 'Certificates', {
      ...settings.certificates,
      schoolbell: deployedSchoolbell(this, settings),
      removalPolicy: removalPolicyOf(settings),
    });
    new CfnOutput(this, outputNames.certificatesBucket, { value: bucket.bucketName });
  }
}

class SubscribersStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: ConsumerStackProps) {
    super(scope, id, { ...props, description: 'Schoolbell: Slack channels and HTTPS endpoints' });
    const { slack, endpoints, secretsRevision, schemaRegistry, name } = settings;
    const shared = {
      schoolbell: deployedSchoolbell(this, settings),
      removalPolicy: removalPolicyOf(settings),
    };
    // The keys are the names of the settings, so that the compiler reports a setting without a function.
    const add: Record<keyof Subscribers, () => void> = {
      slack: () => {
        for (const { via, ...channel } of slack) {
          const id = `Slack-${channel.name}`;
          new SlackChannel(this, id, { ...shared, ...channel, via: connectionOf(this, id, via) });
        }
      },
      endpoints: () => {
        for (const { authorization: named, ...endpoint } of endpoints) {
          const id = `Endpoint-${endpoint.name}`;
          const authorization = authorizationOf(this, id, named);
          new Endpoint(this, id, { ...shared, ...endpoint, authorization, secretsRevision });
        }
      },
    };
    for (const addSubscribers of Object.values(add)) addSubscribers();
    if (schemaRegistry) addSchemas(new Construct(this, 'Schemas'), name);
  }
}

function connectionOf(scope: Construct, id: string, via: SlackSettings['via']): SlackConnection {
  const secretOf = (arn: string) => namedSecret(scope, `${id}-Secret`, { arn, key: via.key });
  if (via.way === 'incoming-webhook') return { way: via.way, url: secretOf(via.url) };
  return { way: via.way, token: secretOf(via.token), channelId: via.channelId };
}

function authorizationOf(
  scope: Construct,
  id: string,
  authorization: EndpointSettings['authorization'],
): EndpointAuthorization {
  const secretOf = (arn: string) => namedSecret(scope, `${id}-Secret`, { arn });
  if (authorization.type === 'header') return { ...authorization, value: secretOf(authorization.value) };
  return { ...authorization, password: secretOf(authorization.password) };
}

export function addConsumerStacks(scope: Construct, props: ConsumerStackProps): Stack[] {
  const { certificates, subscribers } = consumerStacks(props.settings);
  return [
    ...(certificates.isOn ? [new CertificatesStack(scope, certificates.name, props)] : []),
    ...(subscribers.isOn ? [new SubscribersStack(scope, subscribers.name, props)] : []),
  ];
}

/** Adds a schema registry, from which the console and IDEs generate code. */
function addSchemas(scope: Construct, registryName: string): void {
  const registry = new CfnRegistry(scope, 'Registry', {
    registryName,
    description: 'What happened to course progressions',
  });
  for (const type of eventTypes) {
    const schema = new CfnSchema(scope, type, {
      registryName,
      schemaName: `${EVENT_SOURCE}@${type}`,
      type: 'JSONSchemaDraft4',
      content: JSON.stringify(eventSchema(type, 'draft-04')),
    });
    schema.addResourceDependency(registry);
  }
}
