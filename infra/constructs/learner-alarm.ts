import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export type LearnerAlarmProps = {
  /** What it means for learners, in a sentence. */
  meaning: string;
  /** Its section of the runbook. */
  section: string;
  runbook: string;
  metric: IMetric;
  /** The alarm goes off at or above it. */
  threshold: number;
  /** For this many periods of the metric in a row; by default one. */
  periods?: number;
  /** For a metric that is reported once: the alarm stays on for this many periods. */
  lasting?: number;
  /** Goes off below the threshold, and when the metric has no value. */
  missingIsFailure?: boolean;
  topic: ITopic | null;
};

/** An alarm whose description says what it means and names its section of the runbook. */
export class LearnerAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: LearnerAlarmProps) {
    const {
      meaning,
      section,
      runbook,
      metric,
      threshold,
      periods = 1,
      lasting,
      missingIsFailure = false,
      topic,
    } = props;
    super(scope, id, {
      alarmDescription: `${meaning} What to do: ${runbook}#${section}`,
      metric,
      threshold,
      comparisonOperator: missingIsFailure
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: lasting ?? periods,
      ...(lasting !== undefined && { datapointsToAlarm: 1 }),
      treatMissingData: missingIsFailure ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (topic !== null) {
      const action = new SnsAction(topic);
      this.addAlarmAction(action);
      this.addOkAction(action);
    }
  }
}
