import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { outputNames } from '../../functions/contract/names.ts';
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
import { OperatorDashboard } from '../constructs/operator-dashboard.ts';
import { operatorEnvironment } from '../constructs/operator-environment.ts';
import { OperatorPolicy } from '../constructs/operator-policy.ts';
import { Poller } from '../constructs/poller.ts';
import { Replayer } from '../constructs/replayer.ts';
import { WebhookReceiver } from '../constructs/webhook-receiver.ts';
import type { Settings } from '../settings.ts';

/** What runs: schedule, queue, functions, alarms. It can be destroyed and deployed again without losing anything. */
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
    const poller = new Poller(this, 'Poll', { settings, state });
    const { queue } = poller;
    const dispatcher = new Dispatcher(this, 'Dispatch', { settings, state, queue });
    const replayer = new Replayer(this, 'Replay', { settings, state });
    const webhook = settings.webhook
      ? new WebhookReceiver(this, 'Webhook', {
          settings,
          secret: deployedWebhookSecret(this, settings),
          queue,
        })
      : null;
    const alarms = new Alarms(this, 'Alarms', { settings, state, poller, dispatcher, replayer, webhook });
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
      settings,
      state,
      pollQueue: queue,
      replayQueue: replayer.queue,
    });

    new CfnOutput(this, outputNames.pollQueue, { value: queue.queueUrl });
    new CfnOutput(this, outputNames.pollFunction, { value: poller.function.functionName });
    new CfnOutput(this, outputNames.dispatchFunction, { value: dispatcher.function.functionName });
    new CfnOutput(this, outputNames.replayFunction, { value: replayer.function.functionName });
    new CfnOutput(this, outputNames.environment, {
      description: 'What the command line needs to know: put it into the environment',
      value: operatorEnvironment({ settings, state, poller, replayer }),
    });
    new CfnOutput(this, outputNames.operatorPolicy, {
      description: 'The rights of the command line: attach it to the roles of operators',
      value: policy.managedPolicyArn,
    });
    new CfnOutput(this, outputNames.dashboard, { value: dashboard.dashboardName });
    if (webhook) new CfnOutput(this, outputNames.webhookUrl, { value: webhook.url.url });
  }
}
