import { Duration } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TABLE_CALLS } from '../../functions/contract/names.ts';
import { explainStar, grantQueue, grantTable } from './grants.ts';
import { NotifierFunction } from './notifier-function.ts';
import { DeadLetters } from './queues.ts';
import { ScheduleRole } from './schedule-role.ts';
import type { AnyTable, DeploymentSettings } from './shared-props.ts';

export class Dispatcher extends Construct {
  readonly function: NotifierFunction;
  readonly deadLetters: DeadLetters;

  constructor(
    scope: Construct,
    id: string,
    { settings, table, queue }: { settings: DeploymentSettings; table: AnyTable; queue: IQueue },
  ) {
    super(scope, id);
    this.deadLetters = new DeadLetters(this, 'DeadLetters', settings);
    const every = Duration.minutes(settings.pollEveryMinutes);
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'functions/dispatch/lambda.ts',
      description:
        'Sends a poll message for each integration that is due, and reports the state of all integrations',
      timeout: Duration.minutes(1),
      // Lambda gives processor time in proportion to memory. A dispatch of 10,000 integrations needs at most
      // 1.9 s of processor time and 233 MB (measured: docs/cost.md), so it ends well before the timeout.
      memorySize: 512,
      environment: {
        TABLE_NAME: table.tableName,
        QUEUE_URL: queue.queueUrl,
        BASELINE: settings.baseline,
        POLL_EVERY_MINUTES: String(settings.pollEveryMinutes),
        INTEGRATIONS: settings.integrations.join(','),
        JOURNAL_RETENTION_DAYS: String(settings.journalRetentionDays),
      },
    });
    this.function.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: this.deadLetters.queueArn }) },
      retryAttempts: 2,
      // A later dispatch does the same work.
      maxEventAge: Duration.minutes(Math.max(2, settings.pollEveryMinutes)),
    });
    grantQueue(this.deadLetters, this.function, 'SendMessage');
    grantQueue(queue, this.function, 'SendMessage');
    grantTable(table, this.function, TABLE_CALLS.dispatch);

    const role = new ScheduleRole(this, 'ScheduleRole');
    explainStar(role, {
      resource: this.function,
      suffix: ':*',
      reason: 'The star matches the versions and aliases of this one function.',
    });
    const schedule = new Schedule(this, 'Schedule', {
      description: 'Starts the dispatch function, which requests a poll of each integration that is due',
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(this.function, { role, deadLetterQueue: this.deadLetters, retryAttempts: 2 }),
    });
    // `LambdaInvoke` grants the schedule's role the right to use the queue, but not the queue's KMS key.
    grantQueue(this.deadLetters, role, 'SendMessage');
    // The schedule starts dispatch as soon as it is created. Without the role's policy, that call would be lost.
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
    schedule.node.addDependency(role);
  }
}
