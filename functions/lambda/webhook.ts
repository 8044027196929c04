import { reportWebhook } from '../report-webhook.ts';
import { createTelemetry } from '../telemetry.ts';
import { webhookHandler } from '../webhook.ts';
import { wireWebhook } from '../wiring.ts';
import { guarded } from './guarded.ts';

/** Called by its function URL. */
const telemetry = createTelemetry();

export const handler = guarded(
  telemetry,
  webhookHandler({
    ...wireWebhook(process.env),
    report: (outcome) => reportWebhook(telemetry, outcome),
  }),
);
