import { metricNames } from '../../functions/contract/names.ts';
import { redactErrors } from '../../functions/telemetry/redact-errors.ts';
import { createTelemetry } from '../../functions/telemetry/telemetry.ts';
import { certificatesHandler } from './handle-event.ts';
import { wireCertificates } from './wiring.ts';

const telemetry = createTelemetry();

export const handler = redactErrors(
  telemetry,
  certificatesHandler({
    ...wireCertificates(process.env, (number, texts) => {
      telemetry.warn('certificate text not drawable', { number, texts });
      telemetry.measure({ [metricNames.certificateTextsUndrawable]: texts.length });
    }),
    report: (published) => telemetry.info('certificate', { published }),
  }),
);
