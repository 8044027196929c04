import { Duration } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { feedFunction } from '../../infra/constructs/feed-function.ts';
import { grantSecret } from '../../infra/constructs/grants.ts';
import { NotifierFunction } from '../../infra/constructs/notifier-function.ts';
import { DeadLetters, QueueWithDeadLetters } from '../../infra/constructs/queue-with-dead-letters.ts';
import type { Settings } from '../../infra/settings.ts';
import type { AnyBus } from '../deploy/any-bus.ts';
import { ConsumerRule } from '../deploy/consumer-rule.ts';
import type { SlackSettings } from '../deploy/settings.ts';
import { Digest, type Digests } from './digest/digest-construct.ts';
import type { SlackEnvironment } from './slack-environment.ts';
import { digestMessageRule, slackRules } from './slack-rules.ts';

/** All attempts with Slack's longest waits between them, and reading the secret. A test adds it up. */
const TIMEOUT = Duration.minutes(2);

export type SlackChannelProps = {
  settings: Settings;
  slack: SlackSettings;
  bus: AnyBus;
  digests: Digests | null;
};

/**
 * Posts to one channel of Slack, each event as it comes or one digest a day: rule → queue → function. The function reads
 * the secret when it posts, so that a new value needs no deployment.
 */
export class SlackChannel extends Construct {
  constructor(scope: Construct, id: string, { settings, slack, bus, digests }: SlackChannelProps) {
    super(scope, id);
    const { name, events, courses, integrations, digestAt: at, timeZone, via } = slack;
    const channel = { name, events, ...(courses && { courses }), ...(integrations && { integrations }) };
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const queue = new QueueWithDeadLetters(this, 'Queue', { timeout: TIMEOUT, deadLetters });
    for (const rule of at === undefined ? slackRules(channel) : [digestMessageRule(channel)]) {
      const description = `Schoolbell: Slack, ${rule.name}`;
      new ConsumerRule(this, rule.name, { bus, pattern: rule.pattern, description, deadLetters }, queue);
    }
    if (at !== undefined && digests !== null) {
      new Digest(this, 'Digest', { digests, channel, bus, at, timeZone, deadLetters });
    }

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
    // Slack accepts one message a second for a channel; a queue makes at least two calls at once.
    feedFunction(post, queue, { atOnce: 2 });
  }
}

/** The secret with the URL or the token. */
function secretOf(scope: Construct, via: SlackSettings['via']): ISecret {
  return Secret.fromSecretAttributes(scope, 'Secret', {
    secretCompleteArn: via.way === 'incoming-webhook' ? via.url : via.token,
    ...(via.key !== undefined && { encryptionKey: Key.fromKeyArn(scope, 'SecretKey', via.key) }),
  });
}
