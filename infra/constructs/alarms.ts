import { Duration } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { metricNames as names } from '../../functions/contract/names.ts';
import type { Dispatcher } from './dispatcher.ts';
import { LearnerAlarm, type LearnerAlarmProps } from './learner-alarm.ts';
import type { QueueWorker } from './queue-worker.ts';
import { SchoolbellMetrics } from './schoolbell-metrics.ts';
import type { DeploymentSettings } from './shared-props.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/**
 * Dispatch reports a deployment error once per interval and may run late. Without these minutes, the alarm
 * would end and go off again between two reports.
 */
const LATE_MINUTES = 10;

/** In hours. A shorter alarm about a single report, such as a record that was set aside, could end unseen. */
const A_DAY = 24;

/**
 * In hours. Kombo reads most platforms every three hours and then calls the webhook. A shorter alarm would
 * end between two calls and then go off again.
 */
const TWO_OF_KOMBOS_SYNCS = 6;

export type WatchedParts = {
  settings: DeploymentSettings;
  poller: QueueWorker;
  dispatcher: Dispatcher;
  replayer: QueueWorker;
  webhook: WebhookReceiver | null;
};

/** The runbook has a section for each alarm, and a test compares the two. */
export function addAlarms(
  scope: Construct,
  { settings, topic, poller, dispatcher, replayer, webhook }: WatchedParts & { topic: ITopic | undefined },
): LearnerAlarm[] {
  const alarms: LearnerAlarm[] = [];
  const metrics = new SchoolbellMetrics(settings);
  const add = (name: string, props: Omit<LearnerAlarmProps, 'runbook' | 'topic'>) => {
    alarms.push(new LearnerAlarm(scope, name, { ...props, runbook: settings.runbook, topic }));
  };

  add('DeploymentError', {
    section: 'deployment-error',
    meaning:
      'No course completion of any customer becomes an event until the key or a permission is corrected.',
    metric: metrics.sum(names.deploymentErrors, Duration.minutes(1)),
    lasting: settings.pollEveryMinutes + LATE_MINUTES,
  });
  add('NotDispatching', {
    section: 'not-running',
    meaning: 'Nothing is polled: learners finish courses and no certificate or message follows.',
    metric: metrics.written(names.integrationsActive),
    periods: 3,
    missingIsFailure: true,
  });
  add('NotPolling', {
    section: 'not-running',
    meaning:
      'Polls wait in the queue and do not start: learners finish courses and no certificate or message follows.',
    metric: poller.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5) }),
    threshold: mostMinutesBehind(settings) * 60,
  });
  add('Failing', {
    section: 'failing',
    meaning: "A customer's learners get no certificates and messages: their integration cannot be read.",
    metric: metrics.worst(names.integrationsFailing),
    periods: 2,
  });
  add('FallingBehind', {
    section: 'falling-behind',
    meaning: 'Certificates and messages come late for the learners of at least one customer.',
    metric: metrics.worst(names.worstFreshnessSeconds),
    threshold: mostMinutesBehind(settings) * 60,
    periods: 2,
  });
  add('Held', {
    section: 'held',
    meaning:
      "A customer's learners wait: a mass change is held until a person decides whether it is correct.",
    metric: metrics.worst(names.integrationsHeld),
  });
  const waiting = { period: Duration.minutes(5), statistic: 'Maximum' };
  add('DeadPolls', {
    section: 'dead-letters',
    meaning: 'A poll failed in every attempt: the learners of a customer wait until the next poll.',
    metric: poller.queue.deadLetters.metricApproximateNumberOfMessagesVisible(waiting),
  });
  add('DeadDispatches', {
    section: 'dead-letters',
    meaning: 'A dispatch failed in every attempt: all learners wait until the next dispatch.',
    metric: dispatcher.deadLetters.metricApproximateNumberOfMessagesVisible(waiting),
  });
  add('DeadReplays', {
    section: 'dead-letters',
    meaning:
      'A replay failed before its end: learners still wait for the certificates that it should have restored.',
    metric: replayer.queue.deadLetters.metricApproximateNumberOfMessagesVisible(waiting),
  });
  add('ChangesMissed', {
    section: 'reconciliation-found-something',
    meaning:
      'For some learners, certificates and messages came late: only the weekly reconciliation found the change.',
    metric: metrics.sum(names.changesMissed, Duration.hours(1)),
    lasting: A_DAY,
  });
  add('Unpublished', {
    section: 'unpublished',
    meaning: "A change of a learner's progress is in the journal, but has not been published for a day.",
    metric: metrics.worst(names.oldestUnpublishedSeconds),
    threshold: 24 * 60 * 60,
  });
  add('SetAside', {
    section: 'set-aside',
    meaning: 'The progress of single learners could not be processed and waits in the set-aside list.',
    metric: metrics.sum(names.setAside, Duration.hours(1)),
    lasting: A_DAY,
  });
  if (webhook !== null) {
    add('WebhookFailing', {
      section: 'webhook-failing',
      meaning:
        'Certificates and messages come later for the learners of all customers, because only the next poll finds changes.',
      metric: webhook.function.metricErrors({ period: Duration.hours(1) }),
      lasting: TWO_OF_KOMBOS_SYNCS,
    });
    add('WebhookRefused', {
      section: 'webhook-refused',
      meaning:
        "Webhooks are refused. If they are Kombo's webhooks, certificates and messages come later, because only the next poll finds changes.",
      metric: webhook.refused.with({ period: Duration.hours(1) }),
      lasting: TWO_OF_KOMBOS_SYNCS,
    });
  }
  return alarms;
}

/** Returns the age of a watermark, in minutes, at which an alarm goes off. */
function mostMinutesBehind({ behindMinutes, pollEveryMinutes }: DeploymentSettings): number {
  return behindMinutes ?? Math.max(60, 4 * pollEveryMinutes);
}
