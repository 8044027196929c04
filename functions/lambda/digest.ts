import { digestHandler } from '../digest/prepare-digest.ts';
import { wireDigest } from '../digest-wiring.ts';
import { createTelemetry } from '../telemetry.ts';
import { guarded } from './guarded.ts';

/** Called by the queue of its schedule, once a day. */
const telemetry = createTelemetry();
const { channel, ports } = wireDigest(process.env);

export const handler = guarded(
  telemetry,
  digestHandler({
    channel,
    ports,
    report: (outcome) => telemetry.info('digest', { channel, ...outcome }),
  }),
);
