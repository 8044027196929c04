import { certificatesHandler } from '../certificates/take-events.ts';
import { wireCertificates } from '../certificates-wiring.ts';
import { createTelemetry } from '../telemetry.ts';
import { guarded } from './guarded.ts';

/** Called by the certificates queue. What is built here is built once, at a cold start. */
const telemetry = createTelemetry();

export const handler = guarded(
  telemetry,
  certificatesHandler({
    ...wireCertificates(process.env),
    report: (published) => telemetry.info('certificate', { published }),
    failed: (error) => telemetry.unexpected('certificate event failed', error),
  }),
);
