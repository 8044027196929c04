import { logMessages, metricNames as names } from './contract/metric-names.ts';
import type { Telemetry } from './telemetry.ts';
import type { WebhookOutcome } from './webhook.ts';

/** Tells what became of a webhook. A refused one leaves its reason and a metric, and nothing of what it said. */
export function reportWebhook(telemetry: Telemetry, outcome: WebhookOutcome): void {
  if (outcome.kind === 'refused') {
    telemetry.warn(logMessages.webhookRefused, { status: outcome.status, reason: outcome.reason });
    telemetry.measure({ [names.webhooksRefused]: 1 });
  } else {
    telemetry.info('webhook', { type: outcome.type, integration: outcome.poll?.integration ?? null });
    telemetry.measure({ [names.webhooksAccepted]: 1 });
  }
}
