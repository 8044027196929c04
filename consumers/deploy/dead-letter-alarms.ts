import { Duration } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { ISchoolbell } from '../../infra/constructs/i-schoolbell.ts';
import { LearnerAlarm } from '../../infra/constructs/learner-alarm.ts';
import { DeadLetters } from '../../infra/constructs/queues.ts';

/** The path of the runbook in this repository. */
const RUNBOOK = 'docs/runbook.md';

/**
 * Adds an alarm for each dead-letter queue of a consumer, so that no queue can be without an alarm.
 *
 * @param name what the alarms call the consumer, such as `Certificates`
 */
export function addDeadLetterAlarms(
  consumer: IConstruct,
  { runbook = RUNBOOK, alarmTopic }: ISchoolbell,
  name = consumer.node.id,
): void {
  for (const queue of consumer.node.findAll().filter((part) => part instanceof DeadLetters)) {
    new LearnerAlarm(queue, 'Alarm', {
      section: 'consumer-dead-letters',
      meaning: `Events for ${name} could not be delivered or processed: learners miss a certificate or a message.`,
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      runbook,
      topic: alarmTopic,
    });
  }
}
