import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  DEPLOYMENT_DIMENSION,
  KIND_DIMENSION,
  METRIC_NAMESPACE,
  type MetricName,
} from '../../functions/contract/names.ts';
import type { DeploymentSettings } from './shared-props.ts';

export class SchoolbellMetrics {
  readonly #settings: DeploymentSettings;

  constructor(settings: DeploymentSettings) {
    this.#settings = settings;
  }

  sum(name: MetricName, period = Duration.minutes(5)): Metric {
    return this.#metric(name, 'Sum', period);
  }

  /** The highest value of a metric that each dispatch writes. */
  worst(name: MetricName): Metric {
    return this.#metric(name, 'Maximum', Duration.minutes(this.#settings.pollEveryMinutes));
  }

  /** How many values of a metric were written in each poll interval. */
  written(name: MetricName): Metric {
    return this.#metric(name, 'SampleCount', Duration.minutes(this.#settings.pollEveryMinutes));
  }

  percentile(name: MetricName, percent: number): Metric {
    return this.#metric(name, `p${percent}`, Duration.minutes(15)).with({ label: `${name} p${percent}` });
  }

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
