import { digestHandler } from '../digest/prepare-digest.ts';
import { wireDigest } from '../digest-wiring.ts';
import { createTelemetry } from '../telemetry.ts';
import { guarded } from './guarded.ts';

/** Called when the digest of a channel is due. What is built here is built once, at a cold start. */
const telemetry = createTelemetry();

export const handler = guarded(
  telemetry,
  digestHandler({
    portsOf: wireDigest(process.env),
    report: (channel, outcome) => telemetry.info('digest', { channel, ...outcome }),
  }),
);
