import { slackHandler } from '../slack/post-events.ts';
import { wireSlack } from '../slack-wiring.ts';
import { createTelemetry } from '../telemetry.ts';
import { guarded } from './guarded.ts';

/** Called by the queue of a channel. What is built here is built once, at a cold start. */
export const handler = guarded(createTelemetry(), slackHandler(wireSlack(process.env)));
