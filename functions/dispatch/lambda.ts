import { redactErrors } from '../telemetry/redact-errors.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { wireDispatch } from '../wiring.ts';
import { dispatchHandler } from './handler.ts';
import { reportFleet } from './report.ts';

const telemetry = createTelemetry();

/** Lambda calls this handler on the schedule. */
export const handler = redactErrors(
  telemetry,
  dispatchHandler({
    ...wireDispatch(process.env),
    report: (fleet, sent) => reportFleet(telemetry, fleet, sent),
  }),
);
