import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { grantSecret } from '../../infra/constructs/grants.ts';
import { type FunctionSettings, NotifierFunction } from '../../infra/constructs/notifier-function.ts';
import { feedFunction } from '../../infra/constructs/queues.ts';
import { MessageChannel } from '../channels/message-channel.ts';
import type { AnyBus } from '../deploy/consumer-rule.ts';
import type { SlackSettings } from '../deploy/settings.ts';
import type { Digests } from '../digest/digest-construct.ts';
import type { SlackEnvironment } from './slack.ts';

/** The time for all attempts, the longest waits between them, and reading the secret. A test adds these times. */
const TIMEOUT = Duration.minutes(2);

export type SlackChannelProps = {
  settings: FunctionSettings;
  slack: SlackSettings;
  bus: AnyBus;
  digests: Digests | null;
};

/**
 * Creates the resources that post messages to one Slack channel: rules, a queue and a function. The function reads the secret
 * when it posts, so that a new value of the secret needs no deployment.
 */
export class SlackChannel extends MessageChannel {
  constructor(scope: Construct, id: string, { settings, slack, bus, digests }: SlackChannelProps) {
    super(scope, id, { channel: slack, bus, digests, service: 'Slack', timeout: TIMEOUT });
    const { name, via } = slack;
    const secret = secretOf(this, via);
    const post = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'consumers/slack/lambda.ts',
      description: `Posts to Slack, ${name}`,
      timeout: TIMEOUT,
      memorySize: 256,
      environment: {
        SLACK_SECRET_ID: secret.secretArn,
        ...(via.way === 'chat.postMessage' && { SLACK_CHANNEL_ID: via.channelId }),
      } satisfies Partial<Record<keyof SlackEnvironment, string>>,
    });
    grantSecret(secret, post, 'GetSecretValue');
    // Slack accepts one message per second and channel. Two is the least number of concurrent calls that SQS allows.
    feedFunction(post, this.queue, { atOnce: 2 });
  }
}

/** Returns the secret that contains the URL or the token. */
function secretOf(scope: Construct, via: SlackSettings['via']): ISecret {
  return Secret.fromSecretAttributes(scope, 'Secret', {
    secretCompleteArn: via.way === 'incoming-webhook' ? via.url : via.token,
    ...(via.key !== undefined && { encryptionKey: Key.fromKeyArn(scope, 'SecretKey', via.key) }),
  });
}
