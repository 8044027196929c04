import { redactErrors } from '../telemetry/redact-errors.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { wireWebhook } from '../wiring.ts';
import { reportWebhook, webhookHandler } from './handler.ts';

const telemetry = createTelemetry();

/** Lambda calls this handler for each request to the function URL. */
export const handler = redactErrors(
  telemetry,
  webhookHandler({
    ...wireWebhook(process.env),
    report: (outcome) => reportWebhook(telemetry, outcome),
  }),
);
