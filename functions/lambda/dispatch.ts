import { dispatchHandler } from '../dispatch.ts';
import { reportFleet } from '../report-fleet.ts';
import { createTelemetry } from '../telemetry.ts';
import { wireDispatch } from '../wiring.ts';
import { guarded } from './guarded.ts';

/** Called by the schedule. */
const telemetry = createTelemetry();

export const handler = guarded(
  telemetry,
  dispatchHandler({
    ...wireDispatch(process.env),
    report: (fleet, sent) => reportFleet(telemetry, fleet, sent),
  }),
);
