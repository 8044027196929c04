import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryVisualizationType,
  LogQueryWidget,
  Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { logMessages, metricNames as names } from '../../functions/contract/names.ts';
import type { WatchedParts } from './alarms.ts';
import type { LearnerAlarm } from './learner-alarm.ts';
import { SchoolbellMetrics } from './schoolbell-metrics.ts';
import type { AnyTable } from './shared-props.ts';

const FULL = 24;
const KINDS = ['deployment', 'access-refused', 'integration', 'transient', 'waiting'];

type DashboardProps = WatchedParts & { table: AnyTable; alarms: LearnerAlarm[] };

/**
 * The data of single integrations comes from queries of the logs. The queries run, and cost money, only while
 * somebody has the dashboard open.
 */
export function addDashboard(scope: Construct, props: DashboardProps): Dashboard {
  const { settings, table, alarms, poller, dispatcher, replayer, webhook } = props;
  const metrics = new SchoolbellMetrics(settings);
  const parts = [poller, dispatcher, replayer];
  const consumed = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: 'Sum',
    });
  const lags = [names.komboLagSeconds, names.ownLagSeconds];
  const dashboard = new Dashboard(scope, 'Dashboard', { defaultInterval: Duration.days(1) });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms, width: FULL, height: 3 }));
  dashboard.addWidgets(
    graph('Freshness of the stalest integration', 8, [metrics.worst(names.worstFreshnessSeconds)]),
    graph(
      "How late events are: Kombo's lag and ours",
      8,
      lags.flatMap((name) => [metrics.percentile(name, 50), metrics.percentile(name, 90)]),
    ),
    new LogQueryWidget({
      title: 'Stalest integrations (seconds)',
      width: 8,
      height: 6,
      view: LogQueryVisualizationType.TABLE,
      logGroupNames: [dispatcher.function.logGroup.logGroupName, poller.function.logGroup.logGroupName],
      queryLines: [
        `filter message in ["${logMessages.freshness}", "${logMessages.run}"]`,
        'stats latest(freshnessSeconds) as stale, max(komboLagSeconds) as kombo, max(ownLagSeconds) as ours by integration',
        'sort stale desc',
        'limit 50',
      ],
    }),
  );
  dashboard.addWidgets(
    graph('Events published', 8, [metrics.sum(names.eventsPublished)]),
    graph('Pages and records read', 8, [metrics.sum(names.pagesRead)], [metrics.sum(names.recordsRead)]),
    new LogQueryWidget({
      title: 'Events by type',
      width: 8,
      height: 6,
      view: LogQueryVisualizationType.TABLE,
      logGroupNames: [poller.function.logGroup.logGroupName],
      queryLines: [
        `filter message = "${logMessages.run}"`,
        `stats ${LearningEventType.options.map((type) => `sum(events.${type}) as ${type}`).join(', ')}`,
      ],
    }),
  );
  dashboard.addWidgets(
    graph(
      'Failed runs by kind',
      6,
      KINDS.map((kind) => metrics.failedRuns(names.runsFailed, kind)),
    ),
    graph('Integrations', 6, [
      metrics.worst(names.integrationsActive),
      metrics.worst(names.integrationsFailing),
      metrics.worst(names.integrationsHeld),
    ]),
    graph('Dead letters, missed, set aside', 6, [
      poller.queue.deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'polls' }),
      dispatcher.deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'dispatches' }),
      replayer.queue.deadLetters.metricApproximateNumberOfMessagesVisible({ label: 'replays' }),
      metrics.sum(names.changesMissed),
      metrics.sum(names.setAside),
      metrics.sum(names.unknownStatuses),
    ]),
    graph(
      'Waiting polls and webhooks',
      6,
      [
        poller.queue.metricApproximateNumberOfMessagesVisible({ label: 'polls waiting' }),
        ...(webhook
          ? [metrics.sum(names.webhooksAccepted), webhook.refused.with({ label: 'webhooks refused' })]
          : []),
      ],
      [poller.queue.metricApproximateAgeOfOldestMessage({ label: 'oldest, seconds' })],
    ),
  );
  dashboard.addWidgets(
    graph('Table: units', 8, [consumed('ConsumedReadCapacityUnits'), consumed('ConsumedWriteCapacityUnits')]),
    graph(
      'Functions: invocations and milliseconds',
      8,
      parts.map((part) => part.function.metricInvocations()),
      parts.map((part) => part.function.metricDuration({ statistic: 'Sum' })),
    ),
    graph(
      'Logs: bytes',
      8,
      parts.map((part) => part.function.logGroup.metricIncomingBytes({ statistic: 'Sum' })),
    ),
  );
  return dashboard;
}

function graph(title: string, width: number, left: IMetric[], right: IMetric[] = []) {
  return new GraphWidget({ title, width, height: 6, left, right });
}
