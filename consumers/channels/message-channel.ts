import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { EventType } from '../../functions/contract/published-events.ts';
import { DeadLetters, QueueWithDeadLetters } from '../../infra/constructs/queues.ts';
import {
  type FunctionSettings,
  functionSettings,
  type ISchoolbell,
  type SharedFunctionProps,
} from '../../infra/constructs/shared-props.ts';
import { parseProps } from '../../infra/read-settings.ts';
import { ConsumerRule } from '../deploy/consumer-rule.ts';
import { ChannelSchema } from '../deploy/settings.ts';
import { Digests } from '../digest/digest-construct.ts';
import { digestMessageRule, liveRules } from './channel-rules.ts';

/** Properties of every consumer. */
export interface ConsumerProps {
  /** The deployment whose events the consumer gets. */
  readonly schoolbell: ISchoolbell;

  /**
   * Kombo's ids of the courses whose events the consumer gets.
   *
   * @default - all courses
   */
  readonly courses?: string[] | undefined;

  /**
   * The ids of the integrations whose events the consumer gets.
   *
   * @default - all integrations
   */
  readonly integrations?: string[] | undefined;

  /**
   * What happens to the resources that hold data when they are removed from the stack: the queues, which may
   * contain events, and the bucket of `Certificates`.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy.RETAIN | RemovalPolicy.DESTROY | undefined;
}

/** Properties of every consumer that has a name and selects events. */
export interface SubscriberProps extends ConsumerProps {
  /** The name of the consumer. A replay can be addressed to it. */
  readonly name: string;

  /** The events that the consumer gets. */
  readonly events: readonly EventType[];
}

/** Properties of every message channel. */
export interface MessageChannelProps extends SubscriberProps, SharedFunctionProps {
  /**
   * The time of day of a daily digest, such as `17:00`. With a digest, the channel gets one message per day
   * instead of a message for each event.
   *
   * @default - a message for each event
   */
  readonly digestAt?: string | undefined;

  /**
   * The time zone of `digestAt`, such as `Europe/Berlin`.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string | undefined;
}

/**
 * Sends the events of a message channel, or its daily digest, to a queue. A subclass adds the function that
 * sends a message for each event of the queue.
 */
export abstract class MessageChannel extends Construct {
  /** The queue with the events for which the function sends messages. */
  readonly queue: QueueWithDeadLetters;
  /** The properties that the function of the channel needs. */
  protected readonly settings: FunctionSettings;

  /** @param service the service in the descriptions of the rules, such as `Slack` */
  constructor(
    scope: Construct,
    id: string,
    props: MessageChannelProps,
    { service, timeout }: { service: string; timeout: Duration },
  ) {
    super(scope, id);
    const { schoolbell, digestAt, timeZone = 'UTC', removalPolicy = RemovalPolicy.RETAIN } = props;
    const { bus } = schoolbell;
    parseProps(ChannelSchema, props, this.node.path);
    this.settings = functionSettings(schoolbell, props);
    const { encryptionKey } = this.settings;
    const deadLetters = new DeadLetters(this, 'DeadLetters', { encryptionKey });
    this.queue = new QueueWithDeadLetters(this, 'Queue', { timeout, deadLetters, encryptionKey });
    for (const { name, pattern } of digestAt === undefined ? liveRules(props) : [digestMessageRule(props)]) {
      const description = `Schoolbell: ${service}, ${name}`;
      new ConsumerRule(this, name, { bus, pattern, description, deadLetters }, this.queue);
    }
    if (digestAt !== undefined) {
      const digests = Digests.of(this, { ...this.settings, schoolbell, removalPolicy });
      const digest = { channel: props, at: digestAt, timeZone, deadLetters, encryptionKey };
      digests.add(new Construct(this, 'Digest'), digest);
    }
  }
}
