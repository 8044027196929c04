import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  DEPLOYMENT_DIMENSION,
  KIND_DIMENSION,
  METRIC_NAMESPACE,
  type MetricName,
} from '../../functions/contract/names.ts';
import type { DeploymentSettings } from './shared-props.ts';

/** The metrics that the functions of this deployment write. */
export class SchoolbellMetrics {
  readonly #settings: DeploymentSettings;

  constructor(settings: DeploymentSettings) {
    this.#settings = settings;
  }

  /** Returns the sum of a metric in each period. */
  sum(name: MetricName, period = Duration.minutes(5)): Metric {
    return this.#metric(name, 'Sum', period);
  }

  /** Returns the highest value of a metric that each dispatch writes. The period is the poll interval. */
  worst(name: MetricName): Metric {
    return this.#metric(name, 'Maximum', Duration.minutes(this.#settings.pollEveryMinutes));
  }

  /** Returns how many values of a metric were written in each poll interval. */
  written(name: MetricName): Metric {
    return this.#metric(name, 'SampleCount', Duration.minutes(this.#settings.pollEveryMinutes));
  }

  percentile(name: MetricName, percent: number): Metric {
    return this.#metric(name, `p${percent}`, Duration.minutes(15)).with({ label: `${name} p${percent}` });
  }

  /** Returns the number of failed runs of one kind. */
  failedRuns(name: MetricName, kind: string): Metric {
    return this.#metric(name, 'Sum', Duration.minutes(5), { [KIND_DIMENSION]: kind }).with({ label: kind });
  }

  #metric(metricName: MetricName, statistic: string, period: Duration, dimensions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { [DEPLOYMENT_DIMENSION]: this.#settings.name, ...dimensions },
      statistic,
      period,
    });
  }
}
