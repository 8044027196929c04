import { Duration, type Stack } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { LearnerAlarm } from '../../infra/constructs/learner-alarm.ts';
import { DeadLetters } from '../../infra/constructs/queues.ts';

/** Adds an alarm to each dead-letter queue in a stack of consumers, so that none can be forgotten. */
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

/** The part of the stack that a queue belongs to, as the settings name it: `Certificates`, `Slack-learning`. */
function consumerOf(stack: Stack, queue: Construct): string {
  const scopes = queue.node.scopes;
  return scopes[scopes.indexOf(stack) + 1]?.node.id ?? stack.stackName;
}
