import { redactErrors } from '../../functions/telemetry/redact-errors.ts';
import { createTelemetry } from '../../functions/telemetry/telemetry.ts';
import { slackHandler } from './post-events.ts';
import { wireSlack } from './wiring.ts';

/** Called by the queue of a channel. What is built here is built once, at a cold start. */
export const handler = redactErrors(createTelemetry(), slackHandler(wireSlack(process.env)));
