import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export type LearnerAlarmProps = {
  /** What it means for learners, in a sentence: an alarm that means nothing to them is not built. */
  meaning: string;
  /** Its section of the runbook. */
  section: string;
  runbook: string;
  metric: IMetric;
  /** Goes off at or above. */
  threshold: number;
  /** How many periods of the metric in a row; once by default. */
  periods?: number;
  /** For what is reported once: stays on for this many periods. */
  lasting?: number;
  /** Goes off below the threshold, and when there is no value at all. */
  silenceIsTrouble?: boolean;
  topic: ITopic | null;
};

/** An alarm that says what it means and where to read on. */
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
      silenceIsTrouble = false,
      topic,
    } = props;
    super(scope, id, {
      alarmDescription: `${meaning} What to do: ${runbook}#${section}`,
      metric,
      threshold,
      comparisonOperator: silenceIsTrouble
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: lasting ?? periods,
      ...(lasting !== undefined && { datapointsToAlarm: 1 }),
      treatMissingData: silenceIsTrouble ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    if (topic !== null) {
      const action = new SnsAction(topic);
      this.addAlarmAction(action);
      this.addOkAction(action);
    }
  }
}
