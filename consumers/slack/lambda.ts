import { redactErrors } from '../../functions/telemetry/redact-errors.ts';
import { createTelemetry } from '../../functions/telemetry/telemetry.ts';
import { channelHandler } from '../channels/channel-handler.ts';
import { wireSlack } from './wiring.ts';

/** The entry point of the function that handles the queue of a channel. This module is evaluated once, at a cold start. */
export const handler = redactErrors(createTelemetry(), channelHandler(wireSlack(process.env)));
