import { CfnOutput, type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { IManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ConsumerRule, Target } from '../../consumers/deploy/consumer-rule.ts';
import type { ConsumerStack } from '../../consumers/deploy/settings.ts';
import { type OnEventProps, onEvent } from '../../consumers/kit/on-event.ts';
import { outputNames, TABLE_CALLS } from '../../functions/contract/names.ts';
import type { EventType } from '../../functions/contract/published-events.ts';
import { parseProps, SettingsError } from '../read-settings.ts';
import { NotifierSettings } from '../settings.ts';
import { addAlarms } from './alarms.ts';
import { Dispatcher } from './dispatcher.ts';
import { keepData } from './keep-data.ts';
import { addQueueAlarms } from './learner-alarm.ts';
import { addDashboard } from './operator-dashboard.ts';
import { OperatorPolicy } from './operator-policy.ts';
import { QueueWorker, runEnvironment } from './queue-worker.ts';
import { type ISchoolbellState, SchoolbellState, type SchoolbellStateProps } from './schoolbell-state.ts';
import {
  type AnyBus,
  type AnySecret,
  type AnyTable,
  functionSettings,
  type ISchoolbell,
  type KomboAccess,
  type SharedFunctionProps,
} from './shared-props.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** Properties of `Schoolbell`. */
export interface SchoolbellProps extends SharedFunctionProps, SchoolbellStateProps {
  /**
   * The state, if another construct creates it, such as a `SchoolbellState` in another stack. In this case,
   * set the properties of `SchoolbellStateProps` on that construct, not on this one.
   *
   * @default - a new `SchoolbellState`
   */
  readonly state?: ISchoolbellState | undefined;

  /**
   * The region of Kombo's API (`eu` or `us`), or the complete URL of another host, with its `/v1`.
   *
   * @default 'eu'
   */
  readonly kombo?: string | undefined;

  /**
   * The time between two polls of an integration: whole minutes, at most 6 hours.
   *
   * @default Duration.minutes(15)
   */
  readonly pollEvery?: Duration | undefined;

  /**
   * How long before the watermark each poll begins to read, so that it finds changes that became visible
   * late.
   *
   * @default Duration.minutes(15)
   */
  readonly overlap?: Duration | undefined;

  /**
   * What the first sync publishes: `silent` (nothing), `publish` (everything), or `since:DATE`.
   *
   * @default 'silent'
   */
  readonly baseline?: string | undefined;

  /**
   * Ids of integrations that the first dispatch adds. `schoolbell integrations add` and the webhook add more.
   *
   * @default - none
   */
  readonly integrations?: string[] | undefined;

  /**
   * Whether events contain names and e-mail addresses. Schoolbell never stores or logs them.
   *
   * @default 'omit'
   */
  readonly learnerDetails?: 'omit' | 'include' | undefined;

  /**
   * How a platform's own ids of learners and progressions are stored and published: `keep` (unchanged),
   * `hash` (all as hashes), `hash-emails` (as hashes if they look like an e-mail address), or `omit` (not at
   * all).
   *
   * @default 'hash-emails'
   */
  readonly remoteIds?: KomboAccess['remoteIds'];

  /**
   * How long a change can be looked up and replayed, in whole days, at least 7. A change that could not be
   * published for this time is lost.
   *
   * @default Duration.days(90)
   */
  readonly journalRetention?: Duration | undefined;

  /**
   * An alarm goes off when the watermark of an integration is older than this time, in whole minutes, at most
   * a week.
   *
   * @default - four poll intervals, but at least an hour
   */
  readonly behindAfter?: Duration | undefined;

  /**
   * The path or URL of the runbook to which the descriptions of alarms refer.
   *
   * @default 'docs/runbook.md'
   */
  readonly runbook?: string | undefined;

  /**
   * Whether a function URL receives Kombo's webhooks.
   *
   * @default false
   */
  readonly webhook?: boolean | undefined;

  /**
   * The reserved concurrency of the webhook function.
   *
   * @default - none, because Lambda rejects a reservation that leaves the account an unreserved concurrency
   *   below 100
   */
  readonly webhookConcurrency?: number | undefined;

  /**
   * How many integrations are polled at the same time. The account's concurrency limit must be higher,
   * because other functions run at the same time.
   *
   * @default 50
   */
  readonly pollConcurrency?: number | undefined;

  /**
   * The share of an integration's known progressions that may change in a suspect way within 24 hours before
   * changes are held.
   *
   * @default 0.1
   */
  readonly surgeShare?: number | undefined;

  /**
   * The number of suspect changes within 24 hours that is always allowed, even if their share is more than
   * `surgeShare`.
   *
   * @default 25
   */
  readonly surgeFloor?: number | undefined;

  /**
   * The stacks of consumers. `doctor` finds those that are switched off, but still deployed.
   *
   * @internal
   */
  readonly consumerStacks?: ConsumerStack[];
}

const OF_STATE = [
  'name',
  'table',
  'bus',
  'komboSecret',
  'webhookSecret',
  'remoteIdsKey',
  'alarmTopic',
  'operators',
] as const satisfies (keyof SchoolbellStateProps)[];

/** Properties of `Schoolbell.onEvent`. */
export type SchoolbellOnEventProps<Type extends EventType> = Omit<OnEventProps<Type>, 'bus'> & {
  /**
   * The construct in which the rule is created. Rules must be in the account and Region of the bus.
   *
   * @default - this `Schoolbell`, or the stack of a function that is in another stack
   */
  scope?: Construct;
};

/**
 * A deployment of Schoolbell: the schedule, queues, functions, alarms and dashboard, and the state (table,
 * bus and secrets).
 *
 * The construct grants rights only to the roles of its own functions. Attach `operatorPolicy` to the roles of
 * the people who run the command line, and list these roles in `operators`.
 */
export class Schoolbell extends Construct implements ISchoolbell, KomboAccess {
  /** The name of the deployment. */
  readonly name: string;
  /** The state that this deployment works on. */
  readonly state: ISchoolbellState;
  /** The bus on which events are published. */
  readonly bus: AnyBus;
  /** The table with the journal. */
  readonly table: AnyTable;
  /** The secret with the Kombo API key. */
  readonly komboSecret: AnySecret;
  /** The secret with the key for hashed ids. */
  readonly remoteIdsKey: AnySecret;
  /** The topic to which alarms are published. */
  readonly alarmTopic: ITopic | undefined;
  /**
   * The queue with one message for each integration that is due. A message with an integration's id requests
   * a poll of the integration.
   */
  readonly pollQueue: IQueue;
  /** The policy with the rights that the command line needs. */
  readonly operatorPolicy: IManagedPolicy;
  /** The environment variables that the command line needs to work on this deployment. */
  readonly environment: Readonly<Record<string, string>>;
  /** The dashboard for operators. */
  readonly dashboard: Dashboard;
  /** The URL for Kombo's webhooks. Undefined when `webhook` is false. */
  readonly webhookUrl: string | undefined;
  /** The properties that all functions share, including the functions of consumers. */
  readonly functionProps: SharedFunctionProps;
  readonly kombo: string;
  readonly remoteIds: KomboAccess['remoteIds'];
  readonly runbook: string;
  readonly #removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, props: SchoolbellProps = {}) {
    super(scope, id);
    const { consumerStacks = [], removalPolicy = RemovalPolicy.RETAIN } = props;
    this.#removalPolicy = removalPolicy;
    this.state = this.#stateOf(props);
    const { state } = this;
    const { name, table, bus, komboSecret, remoteIdsKey, alarmTopic } = state;
    this.name = name;
    this.table = table;
    this.bus = bus;
    this.komboSecret = komboSecret;
    this.remoteIdsKey = remoteIdsKey;
    this.alarmTopic = alarmTopic;
    const { logRetention, vpc, vpcSubnets, securityGroups, encryptionKey } = props;
    this.functionProps = { logRetention, vpc, vpcSubnets, securityGroups, encryptionKey };
    const { pollEvery, overlap, journalRetention, behindAfter } = props;
    const inSettings = {
      ...props,
      pollEveryMinutes: pollEvery?.toMinutes({ integral: false }),
      overlapMinutes: overlap?.toMinutes({ integral: false }),
      journalRetentionDays: journalRetention?.toDays({ integral: false }),
      behindMinutes: behindAfter?.toMinutes({ integral: false }),
    };
    const values = parseProps(NotifierSettings, inSettings, this.node.path);
    this.kombo = values.kombo;
    this.remoteIds = values.remoteIds;
    this.runbook = values.runbook;
    const settings = { ...values, ...this.functionProps, name };

    const poller = new QueueWorker(this, 'Poll', {
      settings,
      state,
      entry: 'functions/poll/lambda.ts',
      description: 'Polls one integration and publishes what changed',
      queueVariable: 'QUEUE_URL',
      // Each call polls one integration, so that a slow integration does not delay others. Messages above the
      // limit wait in the queue, and are not throttled.
      atOnce: settings.pollConcurrency,
      tableCalls: TABLE_CALLS.poll,
    });
    const { queue } = poller;
    this.pollQueue = queue;
    const dispatcher = new Dispatcher(this, 'Dispatch', { settings, table, queue });
    const replayer = new QueueWorker(this, 'Replay', {
      settings,
      state,
      entry: 'functions/replay/lambda.ts',
      description: 'Continues a replay',
      queueVariable: 'REPLAY_QUEUE_URL',
      // The least number that SQS allows. Each replay limits its own rate, and replays must not take capacity
      // from new events.
      atOnce: 2,
      tableCalls: TABLE_CALLS.replay,
    });
    const webhook = settings.webhook
      ? new WebhookReceiver(this, 'Webhook', { settings, secret: state.webhookSecret, queue })
      : null;
    this.webhookUrl = webhook?.url.url;
    const parts = { settings, poller, dispatcher, replayer, webhook };
    const alarms = addAlarms(new Construct(this, 'Alarms'), { ...parts, topic: alarmTopic });
    this.dashboard = addDashboard(new Construct(this, 'Operator'), { ...parts, table, alarms });
    this.operatorPolicy = new OperatorPolicy(this, 'OperatorPolicy', {
      state,
      // Includes the stacks that are switched off, so that switching a consumer on or off keeps this policy.
      stacks: consumerStacks.map(({ name }) => name),
      queues: [queue, replayer.queue],
    });
    this.environment = {
      ...runEnvironment(settings, state),
      QUEUE_URL: queue.queueUrl,
      REPLAY_QUEUE_URL: replayer.queue.queueUrl,
      STACKS_OFF: consumerStacks.flatMap(({ name, isOn }) => (isOn ? [] : [name])).join(','),
    };
    this.#addOutputs({ poller, dispatcher, replayer });
    keepData(this, removalPolicy);
  }

  /**
   * Creates a rule of a named consumer for one event type, with a retry policy, a dead-letter queue, and an
   * alarm on it (not on a queue that you pass as `deadLetters`). The rule matches live events, and replays
   * that are addressed to this consumer or to all consumers.
   *
   * @param target a function, a queue, or a function that creates any EventBridge target
   */
  onEvent<Type extends EventType>(
    type: Type,
    props: SchoolbellOnEventProps<Type>,
    target: Target,
  ): ConsumerRule {
    // The settings of a function contain the rule's dead-letter queue, so the two must be in one stack.
    const isElsewhere = 'functionArn' in target && Stack.of(target) !== Stack.of(this);
    const ownScope = isElsewhere ? Stack.of(target) : this;
    const { scope = ownScope, id = `${type}-${props.consumer}`, ...rest } = props;
    const { encryptionKey } = functionSettings(this, rest);
    const rule = onEvent(scope, type, { ...rest, encryptionKey, id, bus: this.bus }, target);
    addQueueAlarms(rule, this, props.consumer);
    keepData(rule, this.#removalPolicy);
    return rule;
  }

  #stateOf(props: SchoolbellProps): ISchoolbellState {
    const { state } = props;
    if (state === undefined) return new SchoolbellState(this, 'State', props);
    const given = OF_STATE.filter((name) => props[name] !== undefined);
    if (given.length > 0) {
      throw new SettingsError(
        `${this.node.path}: ${given.join(', ')} cannot be set here: set it on the construct that is passed as \`state\``,
      );
    }
    return state;
  }

  #addOutputs(parts: Record<'poller' | 'dispatcher' | 'replayer', QueueWorker | Dispatcher>): void {
    const output = (name: string, value: string, more: { description?: string } = {}) =>
      new CfnOutput(this, name, { value, ...more });
    output(outputNames.pollQueue, this.pollQueue.queueUrl);
    output(outputNames.pollFunction, parts.poller.function.functionName);
    output(outputNames.dispatchFunction, parts.dispatcher.function.functionName);
    output(outputNames.replayFunction, parts.replayer.function.functionName);
    const variables = Object.entries(this.environment).map(([name, value]) => `${name}=${value}`);
    output(outputNames.environment, variables.join(' '), {
      description: 'The environment variables that the command line needs',
    });
    output(outputNames.operatorPolicy, this.operatorPolicy.managedPolicyArn, {
      description: 'The rights of the command line: attach it to the roles of operators',
    });
    output(outputNames.dashboard, this.dashboard.dashboardName);
    if (this.webhookUrl !== undefined) output(outputNames.webhookUrl, this.webhookUrl);
  }
}
