import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  DEPLOYMENT_DIMENSION,
  KIND_DIMENSION,
  METRIC_NAMESPACE,
  type MetricName,
} from '../../functions/contract/names.ts';
import type { Settings } from '../settings.ts';

export type MetricsSettings = Pick<Settings, 'name' | 'pollEveryMinutes'>;

/** The metrics that the functions write, as this deployment writes them. */
export class SchoolbellMetrics {
  readonly #settings: MetricsSettings;

  constructor(settings: MetricsSettings) {
    this.#settings = settings;
  }

  /** Counts since the last value, added up. */
  sum(name: MetricName, period = Duration.minutes(5)): Metric {
    return this.#metric(name, 'Sum', period);
  }

  /** A state that each dispatch writes, at its worst; the period is the poll interval. */
  worst(name: MetricName): Metric {
    return this.#metric(name, 'Maximum', Duration.minutes(this.#settings.pollEveryMinutes));
  }

  /** How often a value was written in a poll interval. */
  written(name: MetricName): Metric {
    return this.#metric(name, 'SampleCount', Duration.minutes(this.#settings.pollEveryMinutes));
  }

  percentile(name: MetricName, percent: number): Metric {
    return this.#metric(name, `p${percent}`, Duration.minutes(15)).with({ label: `${name} p${percent}` });
  }

  /** Failed runs of a kind. */
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
