import { prepareDigest } from '../digest/prepare-digest.ts';
import { wireDigest } from '../digest-wiring.ts';
import { createTelemetry } from '../telemetry.ts';
import { guarded } from './guarded.ts';

/** Called by its schedule, once a day. */
const telemetry = createTelemetry();
const { channel, ports } = wireDigest(process.env);

export const handler = guarded(telemetry, async () => {
  const events = await prepareDigest(channel, ports);
  telemetry.info('digest', { channel, events });
});
