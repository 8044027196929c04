import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { metricNames as names } from '../../functions/contract/names.ts';
import type { Settings } from '../settings.ts';
import type { Dispatcher } from './dispatcher.ts';
import { LearnerAlarm, type LearnerAlarmProps } from './learner-alarm.ts';
import type { QueueWorker } from './queue-worker.ts';
import { type MetricsSettings, SchoolbellMetrics } from './schoolbell-metrics.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

const HOUR_SECONDS = 60 * 60;

/** Dispatch finds an error of the deployment once per interval, and may be late. An alarm that ends in between would go off again. */
const LATE_MINUTES = 10;

/** The findings of a run are reported once. An alarm that ends before a person looks would not be seen. */
const A_DAY = 24;

/** Kombo reads most platforms every three hours and then calls the webhook. An alarm that ends in between would go off again. */
const TWO_OF_KOMBOS_SYNCS = 6;

type AlarmsSettings = MetricsSettings & Pick<Settings, 'runbook' | 'behindMinutes'>;

export type AlarmsProps = {
  settings: AlarmsSettings;
  topic: ITopic | null;
  poller: QueueWorker;
  dispatcher: Dispatcher;
  replayer: QueueWorker;
  webhook: WebhookReceiver | null;
};

/** The alarms for operators. The runbook has a section for each, and a test compares the two. */
export class Alarms extends Construct {
  readonly all: LearnerAlarm[] = [];

  constructor(
    scope: Construct,
    id: string,
    { settings, topic, poller, dispatcher, replayer, webhook }: AlarmsProps,
  ) {
    super(scope, id);
    const metrics = new SchoolbellMetrics(settings);
    const add = (name: string, props: Omit<LearnerAlarmProps, 'runbook' | 'topic'>) => {
      this.all.push(new LearnerAlarm(this, name, { ...props, runbook: settings.runbook, topic }));
    };

    add('DeploymentError', {
      section: 'deployment-error',
      meaning:
        'No course completion of any customer becomes an event until the key or a permission is put right.',
      metric: metrics.sum(names.deploymentErrors, Duration.minutes(1)),
      threshold: 1,
      lasting: settings.pollEveryMinutes + LATE_MINUTES,
    });
    add('NotDispatching', {
      section: 'not-running',
      meaning: 'Nothing is polled: learners finish courses and no certificate or message follows.',
      metric: metrics.written(names.integrationsActive),
      threshold: 1,
      periods: 3,
      missingIsFailure: true,
    });
    add('NotPolling', {
      section: 'not-running',
      meaning: 'Polls wait and are not taken: learners finish courses and no certificate or message follows.',
      metric: poller.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
      threshold: behindMinutes(settings) * 60,
    });
    add('Failing', {
      section: 'failing',
      meaning: "A customer's learners get no certificates and messages: their integration cannot be read.",
      metric: metrics.worst(names.integrationsFailing),
      threshold: 1,
      periods: 2,
    });
    add('FallingBehind', {
      section: 'falling-behind',
      meaning: 'Certificates and messages come late for the learners of at least one customer.',
      metric: metrics.worst(names.worstFreshnessSeconds),
      threshold: behindMinutes(settings) * 60,
      periods: 2,
    });
    add('Held', {
      section: 'held',
      meaning: "A customer's learners wait: a mass change is held until a person says whether it is real.",
      metric: metrics.worst(names.integrationsHeld),
      threshold: 1,
    });
    const waiting = { period: Duration.minutes(5), statistic: 'Maximum' };
    add('DeadPolls', {
      section: 'dead-letters',
      meaning: 'A poll was given up after several tries: the learners of a customer wait until the next one.',
      metric: poller.queue.deadLetters.metricApproximateNumberOfMessagesVisible(waiting),
      threshold: 1,
    });
    add('DeadDispatches', {
      section: 'dead-letters',
      meaning: 'Dispatch was given up after several tries: all learners wait until its next turn.',
      metric: dispatcher.deadLetters.metricApproximateNumberOfMessagesVisible(waiting),
      threshold: 1,
    });
    add('DeadReplays', {
      section: 'dead-letters',
      meaning: 'A replay stopped on its way: learners whose certificates it should have healed still wait.',
      metric: replayer.queue.deadLetters.metricApproximateNumberOfMessagesVisible(waiting),
      threshold: 1,
    });
    add('ChangesMissed', {
      section: 'reconciliation-found-something',
      meaning:
        'For some learners, certificates and messages came late: only the weekly reconciliation found the change.',
      metric: metrics.sum(names.changesMissed, Duration.hours(1)),
      threshold: 1,
      lasting: A_DAY,
    });
    add('Unpublished', {
      section: 'unpublished',
      meaning: 'Something that happened to a learner is in the journal and has not been published for a day.',
      metric: metrics.worst(names.oldestUnpublishedSeconds),
      threshold: 24 * HOUR_SECONDS,
    });
    add('SetAside', {
      section: 'set-aside',
      meaning: 'The progress of single learners could not be processed and waits in the set-aside list.',
      metric: metrics.sum(names.setAside, Duration.hours(1)),
      threshold: 1,
      lasting: A_DAY,
    });
    if (webhook !== null) {
      add('WebhookFailing', {
        section: 'webhook-failing',
        meaning:
          'Certificates and messages come later for the learners of all customers: only with the next poll.',
        metric: webhook.function.metricErrors({ period: Duration.hours(1) }),
        threshold: 1,
        lasting: TWO_OF_KOMBOS_SYNCS,
      });
      add('WebhookRefused', {
        section: 'webhook-refused',
        meaning:
          "Webhooks are refused. If they are Kombo's, certificates and messages come later: only with the next poll.",
        metric: webhook.refused.with({ period: Duration.hours(1) }),
        threshold: 1,
        lasting: TWO_OF_KOMBOS_SYNCS,
      });
    }
  }
}

/** How stale an integration may be. */
export function behindMinutes({
  behindMinutes: set,
  pollEveryMinutes,
}: Pick<Settings, 'behindMinutes' | 'pollEveryMinutes'>): number {
  return set ?? Math.max(60, 4 * pollEveryMinutes);
}
