import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, type MetricName } from '../contract/names.ts';
import { redacted } from './redacted.ts';

/** The fields of a log line: ids, counts and times; never a record, an event, a name or a key. */
export type Fields = Record<string, unknown>;

/** Structured logs, and metrics written as log lines (embedded metric format). */
export type Telemetry = {
  info(message: string, fields: Fields): void;
  warn(message: string, fields: Fields): void;
  /** Logs only the names and positions of an error and its causes: messages may quote record contents. */
  unexpected(message: string, error: unknown): void;
  measure(values: Partial<Record<MetricName, number>>, dimensions?: Record<string, string>): void;
};

/** Powertools reads the deployment's name from `POWERTOOLS_SERVICE_NAME`. */
export function createTelemetry(): Telemetry {
  const logger = new Logger();
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE });
  return {
    info: (message, fields) => logger.info(message, fields),
    warn: (message, fields) => logger.warn(message, fields),
    unexpected: (message, error) => logger.error(message, { problem: redacted(error) }),
    measure(values, dimensions = {}) {
      const units = Object.entries(values);
      if (units.length === 0) return;
      for (const [name, value] of units) {
        metrics.addMetric(name, name.endsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value);
      }
      if (Object.keys(dimensions).length > 0) metrics.addDimensions(dimensions);
      metrics.publishStoredMetrics();
    },
  };
}
