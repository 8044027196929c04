import { redactErrors } from '../telemetry/redact-errors.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { wireReplay } from '../wiring.ts';
import { replayHandler } from './handler.ts';
import { reportReplay } from './report.ts';

/** Called by the replay queue, one message at a time. */
const telemetry = createTelemetry();

export const handler = redactErrors(
  telemetry,
  replayHandler({
    ...wireReplay(process.env),
    report: (message, outcome) => reportReplay(telemetry, message, outcome),
  }),
);
