import type { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { DeadLetters, QueueWithDeadLetters } from '../../infra/constructs/queues.ts';
import { type AnyBus, ConsumerRule } from '../deploy/consumer-rule.ts';
import { Digest, type Digests } from '../digest/digest-construct.ts';
import { type Channel, digestMessageRule, liveRules } from './channel-rules.ts';

export type MessageChannelProps = {
  /** With `digestAt`, such as `17:00`, the channel gets one digest a day instead of each event. */
  channel: Channel & { digestAt?: string | undefined; timeZone: string };
  bus: AnyBus;
  /** Null when no channel has a digest. */
  digests: Digests | null;
  /** The name of the service that gets the messages, such as `Slack`. The descriptions of the rules contain it. */
  service: string;
  /** The timeout of the function that sends the messages. */
  timeout: Duration;
};

/**
 * Creates the rules and the queue of a channel for people. The rules send the channel's events, or its daily digest, to the
 * queue. A subclass adds the function that sends a message for each event of the queue.
 */
export abstract class MessageChannel extends Construct {
  readonly queue: QueueWithDeadLetters;

  constructor(scope: Construct, id: string, props: MessageChannelProps) {
    super(scope, id);
    const { channel, bus, digests, service, timeout } = props;
    const { digestAt, timeZone } = channel;
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    this.queue = new QueueWithDeadLetters(this, 'Queue', { timeout, deadLetters });
    for (const { name, pattern } of digestAt === undefined
      ? liveRules(channel)
      : [digestMessageRule(channel)]) {
      const description = `Schoolbell: ${service}, ${name}`;
      new ConsumerRule(this, name, { bus, pattern, description, deadLetters }, this.queue);
    }
    if (digestAt !== undefined && digests !== null) {
      new Digest(this, 'Digest', { digests, channel, bus, at: digestAt, timeZone, deadLetters });
    }
  }
}
