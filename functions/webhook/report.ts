import { metricNames as names } from '../contract/names.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { WebhookOutcome } from './handler.ts';

/**
 * Reports an accepted webhook. A refused one writes no line, since anybody can send any number of them: Lambda itself counts
 * them (`Url4xxCount`), and the answer has the reason.
 */
export function reportWebhook(telemetry: Telemetry, outcome: WebhookOutcome): void {
  if (outcome.kind === 'refused') return;
  telemetry.info('webhook', { type: outcome.type, integration: outcome.poll?.integration ?? null });
  telemetry.measure({ [names.webhooksAccepted]: 1 });
}
