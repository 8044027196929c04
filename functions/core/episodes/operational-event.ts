import { type IntegrationId, toolOf } from '../../contract/integration.ts';
import type { Clock } from '../ports.ts';

/**
 * What every operational event about an integration has.
 *
 * @param name what the event is about, unique within the integration and the same on each publication: a retry after a
 * crash then uses the same event id
 */
export function envelope(integration: IntegrationId, name: string, clock: Clock) {
  return {
    version: 1 as const,
    id: `${integration}/${name}`,
    integration: { id: integration, tool: toolOf(integration) },
    at: new Date(clock()).toISOString(),
  };
}
