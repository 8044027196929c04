import { redactErrors } from '../telemetry/redact-errors.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { wireReplay } from '../wiring.ts';
import { replayHandler, reportReplay } from './handler.ts';

const telemetry = createTelemetry();

/** Lambda calls this handler with one message of the replay queue. */
export const handler = redactErrors(
  telemetry,
  replayHandler({
    ...wireReplay(process.env),
    report: (message, outcome) => reportReplay(telemetry, message, outcome),
  }),
);
