import { replayHandler } from '../replay.ts';
import { reportReplay } from '../report-replay.ts';
import { createTelemetry } from '../telemetry.ts';
import { wireReplay } from '../wiring.ts';
import { guarded } from './guarded.ts';

/** Called by the replay queue, one message at a time. */
const telemetry = createTelemetry();

export const handler = guarded(
  telemetry,
  replayHandler({
    ...wireReplay(process.env),
    report: (message, outcome) => reportReplay(telemetry, message, outcome),
  }),
);
