import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { grantSecret } from '../../infra/constructs/grants.ts';
import { keepData } from '../../infra/constructs/keep-data.ts';
import { addQueueAlarms } from '../../infra/constructs/learner-alarm.ts';
import { NotifierFunction } from '../../infra/constructs/notifier-function.ts';
import { feedFunction } from '../../infra/constructs/queues.ts';
import type { AnySecret } from '../../infra/constructs/shared-props.ts';
import { MessageChannel, type MessageChannelProps } from '../channels/message-channel.ts';
import type { SlackEnvironment } from './slack.ts';

/** The time for all attempts, the longest waits, and reading the secret. A test computes the sum. */
const TIMEOUT = Duration.minutes(2);

/** An incoming webhook or a bot. Each secret contains only the URL or the token, as plain text. */
export type SlackConnection =
  | { readonly way: 'incoming-webhook'; readonly url: AnySecret }
  | { readonly way: 'chat.postMessage'; readonly token: AnySecret; readonly channelId: string };

/** Properties of `SlackChannel`. */
export interface SlackChannelProps extends MessageChannelProps {
  /** The incoming webhook, or the bot and its channel. */
  readonly via: SlackConnection;
}

/**
 * Posts messages about selected events to one Slack channel, with rules, a queue and a function. The function
 * reads the secret when it posts, so that a new value of the secret needs no deployment.
 */
export class SlackChannel extends MessageChannel {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id, props, { service: 'Slack', timeout: TIMEOUT });
    const { schoolbell, name, via, removalPolicy = RemovalPolicy.RETAIN } = props;
    const { settings } = this;
    const secret = via.way === 'incoming-webhook' ? via.url : via.token;
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
    // Slack accepts one message per second and channel. SQS allows no less than two concurrent calls.
    feedFunction(post, this.queue, { atOnce: 2 });
    addQueueAlarms(this, schoolbell);
    keepData(this, removalPolicy);
  }
}
