import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import { DeadLetters, QueueWithDeadLetters } from './queues.ts';
import type { ISchoolbell } from './shared-props.ts';

export type LearnerAlarmProps = {
  /** What the alarm means for learners, in one sentence. */
  meaning: string;
  /** The anchor of the runbook's section about this alarm. */
  section: string;
  runbook: string;
  metric: IMetric;
  /** At or above this value the alarm goes off, or below it if `missingIsFailure` is true. By default 1. */
  threshold?: number;
  /** How many consecutive periods of the metric let the alarm go off. By default one. */
  periods?: number;
  /** How many periods the alarm stays on after one report, for a metric that is reported only once. */
  lasting?: number;
  /** Lets the alarm go off when the metric is below the threshold or has no value. */
  missingIsFailure?: boolean;
  topic: ITopic | undefined;
};

/** The description states what the alarm means for learners, and has a link to the runbook. */
export class LearnerAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: LearnerAlarmProps) {
    const { threshold = 1, periods = 1, lasting, missingIsFailure = false, topic } = props;
    super(scope, id, {
      alarmDescription: `${props.meaning} What to do: ${props.runbook}#${props.section}`,
      metric: props.metric,
      threshold,
      comparisonOperator: missingIsFailure
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: lasting ?? periods,
      ...(lasting !== undefined && { datapointsToAlarm: 1 }),
      treatMissingData: missingIsFailure ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (topic !== undefined) {
      const action = new SnsAction(topic);
      this.addAlarmAction(action);
      this.addOkAction(action);
    }
  }
}

const RUNBOOK = 'docs/runbook.md';

/** Longer than all attempts for one message, which take at most two and a half hours. */
const LATE = Duration.hours(6);

/** A digest is due once a day. */
const LATE_FOR_A_DIGEST = Duration.days(2);

/**
 * Adds an alarm for each queue of a consumer: for dead letters, or for messages that wait too long.
 *
 * @param name the name of the consumer in the alarms, such as `Certificates`
 */
export function addQueueAlarms(
  consumer: IConstruct,
  { runbook = RUNBOOK, alarmTopic: topic }: ISchoolbell,
  name = consumer.node.id,
): void {
  const options = { period: Duration.minutes(5), statistic: 'Maximum' };
  for (const queue of consumer.node.findAll().filter((part) => part instanceof Queue)) {
    const late = queue instanceof QueueWithDeadLetters ? LATE : LATE_FOR_A_DIGEST;
    const watched =
      queue instanceof DeadLetters
        ? {
            section: 'consumer-dead-letters',
            meaning: `Events for ${name} could not be delivered or processed: learners miss a certificate or a message.`,
            metric: queue.metricApproximateNumberOfMessagesVisible(options),
          }
        : {
            section: 'consumer-late',
            meaning: `Events for ${name} wait for more than ${late.toHours()} hours: learners get certificates or messages late.`,
            metric: queue.metricApproximateAgeOfOldestMessage(options),
            threshold: late.toSeconds(),
          };
    new LearnerAlarm(queue, 'Alarm', { ...watched, runbook, topic });
  }
}
