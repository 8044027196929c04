import { redactErrors } from '../../functions/telemetry/redact-errors.ts';
import { createTelemetry } from '../../functions/telemetry/telemetry.ts';
import { digestHandler } from './prepare-digest.ts';
import { wireDigest } from './wiring.ts';

const telemetry = createTelemetry();

export const handler = redactErrors(
  telemetry,
  digestHandler({
    portsOf: wireDigest(process.env),
    report: (channel, outcome) => telemetry.info('digest', { channel, ...outcome }),
  }),
);
