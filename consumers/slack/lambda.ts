import { redactErrors } from '../../functions/telemetry/redact-errors.ts';
import { createTelemetry } from '../../functions/telemetry/telemetry.ts';
import { channelHandler } from '../channels/channel-handler.ts';
import { wireSlack } from './wiring.ts';

export const handler = redactErrors(createTelemetry(), channelHandler(wireSlack(process.env)));
