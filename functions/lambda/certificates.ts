import { certificatesHandler } from '../certificates/take-events.ts';
import { wireCertificates } from '../certificates-wiring.ts';
import { metricNames } from '../contract/metric-names.ts';
import { createTelemetry } from '../telemetry.ts';
import { guarded } from './guarded.ts';

/** Called by the certificates queue. What is built here is built once, at a cold start. */
const telemetry = createTelemetry();

export const handler = guarded(
  telemetry,
  certificatesHandler({
    ...wireCertificates(process.env, (number, texts) => {
      telemetry.warn('certificate text not drawable', { number, texts });
      telemetry.measure({ [metricNames.certificateTextsUndrawable]: texts.length });
    }),
    report: (published) => telemetry.info('certificate', { published }),
    failed: (error) => telemetry.unexpected('certificate event failed', error),
  }),
);
