import { Duration, type Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { LearnerAlarm } from '../../infra/constructs/learner-alarm.ts';
import { DeadLetters } from '../../infra/constructs/queues.ts';

/** Adds an alarm for each dead-letter queue in a stack of consumers, so that no queue can be without an alarm. */
export function addDeadLetterAlarms(
  stack: Stack,
  { runbook, topic }: { runbook: string; topic: ITopic | null },
): void {
  for (const queue of stack.node.findAll().filter((part) => part instanceof DeadLetters)) {
    new LearnerAlarm(queue, 'Alarm', {
      section: 'consumer-dead-letters',
      meaning: `What ${consumerOf(stack, queue)} should have received was given up: learners miss a certificate or a message.`,
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(5),
        statistic: 'Maximum',
      }),
      threshold: 1,
      runbook,
      topic,
    });
  }
}

/** Returns the id of the consumer that a queue belongs to, such as `Certificates` or `Slack-learning`. */
function consumerOf(stack: Stack, queue: Construct): string {
  const scopes = queue.node.scopes;
  return scopes[scopes.indexOf(stack) + 1]?.node.id ?? stack.stackName;
}
