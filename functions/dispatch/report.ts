import { logMessages, metricNames as names } from '../contract/names.ts';
import type { Fleet } from '../core/fleet/fleet.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** How many integrations, with the oldest watermarks, are logged. Each costs a log line per dispatch. */
const WORST = 20;

/** Reports the worst values as metrics. Logs the oldest watermarks, and settings that cannot be read. */
export function reportFleet(telemetry: Telemetry, fleet: Fleet, sent: number): void {
  for (const { integration, seconds } of fleet.freshness.slice(0, WORST)) {
    telemetry.info(logMessages.freshness, { integration, freshnessSeconds: seconds });
  }
  for (const { id, reason } of fleet.unreadable) {
    telemetry.warn(logMessages.unreadable, { integration: id, reason });
  }
  telemetry.measure({
    [names.integrationsActive]: fleet.active,
    [names.integrationsFailing]: fleet.failing + fleet.unreadable.length,
    [names.integrationsHeld]: fleet.held,
    [names.worstFreshnessSeconds]: fleet.freshness[0]?.seconds ?? 0,
    [names.oldestUnpublishedSeconds]: fleet.oldestUnpublishedSeconds,
    [names.pollsSent]: sent,
    ...(fleet.stopped > 0 && { [names.deploymentErrors]: 1 }),
  });
}
