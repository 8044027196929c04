import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consumerStacks } from '../../consumers/deploy/settings.ts';
import { outputNames, TABLE_CALLS } from '../../functions/contract/names.ts';
import { Alarms } from '../constructs/alarms.ts';
import {
  deployedAlarmTopic,
  deployedBus,
  deployedKomboSecret,
  deployedRemoteIdsKey,
  deployedTable,
  deployedWebhookSecret,
} from '../constructs/deployed-state.ts';
import { Dispatcher } from '../constructs/dispatcher.ts';
import { POLL_MEMORY_MB } from '../constructs/function-options.ts';
import { OperatorPolicy, operatorEnvironment } from '../constructs/operator-access.ts';
import { OperatorDashboard } from '../constructs/operator-dashboard.ts';
import { QueueWorker } from '../constructs/queue-worker.ts';
import { WebhookReceiver } from '../constructs/webhook-receiver.ts';
import type { Settings } from '../settings.ts';

/** The stack with the schedule, queues, functions and alarms. It can be destroyed and deployed again without loss of data. */
export class NotifierStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, {
      ...props,
      description: 'Schoolbell: polls learning platforms and publishes what happened',
    });
    const table = deployedTable(this, settings);
    const state = {
      table,
      bus: deployedBus(this, settings),
      komboSecret: deployedKomboSecret(this, settings),
      remoteIdsKey: deployedRemoteIdsKey(this, settings),
      alarmTopic: deployedAlarmTopic(this, settings),
    };
    const poller = new QueueWorker(this, 'Poll', {
      settings,
      state,
      entry: 'functions/poll/lambda.ts',
      description: 'Polls one integration and publishes what changed',
      memorySize: POLL_MEMORY_MB,
      queueVariable: 'QUEUE_URL',
      // Each call polls one integration, so that a slow one does not delay others. The limit applies to the queue's calls, so
      // messages above it wait and are not throttled.
      atOnce: settings.pollConcurrency,
      tableCalls: TABLE_CALLS.poll,
    });
    const { queue } = poller;
    const dispatcher = new Dispatcher(this, 'Dispatch', { settings, table, queue });
    const replayer = new QueueWorker(this, 'Replay', {
      settings,
      state,
      entry: 'functions/replay/lambda.ts',
      description: 'Continues a replay',
      memorySize: 512,
      queueVariable: 'REPLAY_QUEUE_URL',
      // Two is AWS's minimum. Each replay limits its own rate, and replays must not take capacity from new events.
      atOnce: 2,
      tableCalls: TABLE_CALLS.replay,
    });
    const webhook = settings.webhook
      ? new WebhookReceiver(this, 'Webhook', {
          settings,
          secret: deployedWebhookSecret(this, settings),
          queue,
        })
      : null;
    const alarms = new Alarms(this, 'Alarms', {
      settings,
      topic: state.alarmTopic,
      poller,
      dispatcher,
      replayer,
      webhook,
    });
    const { dashboard } = new OperatorDashboard(this, 'Operator', {
      settings,
      table,
      poller,
      dispatcher,
      replayer,
      alarms,
      webhook,
    });

    const policy = new OperatorPolicy(this, 'OperatorPolicy', {
      state,
      // This includes the stacks that are switched off, so that switching a consumer on or off does not change this policy.
      stacks: Object.values(consumerStacks(settings)).map(({ name }) => name),
      queues: [queue, replayer.queue],
    });

    new CfnOutput(this, outputNames.pollQueue, { value: queue.queueUrl });
    new CfnOutput(this, outputNames.pollFunction, { value: poller.function.functionName });
    new CfnOutput(this, outputNames.dispatchFunction, { value: dispatcher.function.functionName });
    new CfnOutput(this, outputNames.replayFunction, { value: replayer.function.functionName });
    new CfnOutput(this, outputNames.environment, {
      description: 'The environment variables that the command line needs',
      value: operatorEnvironment(settings, state, {
        QUEUE_URL: queue.queueUrl,
        REPLAY_QUEUE_URL: replayer.queue.queueUrl,
      }),
    });
    new CfnOutput(this, outputNames.operatorPolicy, {
      description: 'The rights of the command line: attach it to the roles of operators',
      value: policy.managedPolicyArn,
    });
    new CfnOutput(this, outputNames.dashboard, { value: dashboard.dashboardName });
    if (webhook) new CfnOutput(this, outputNames.webhookUrl, { value: webhook.url.url });
  }
}
