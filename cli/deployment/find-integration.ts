import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import type { Store } from '../../functions/core/ports.ts';
import { CommandError } from '../terminal/exit-code.ts';

/**
 * An integration that was added.
 *
 * @throws CommandError when it was not, naming those that were
 */
export async function findIntegration(store: Store, id: IntegrationId): Promise<Integration> {
  const integration = await store.readIntegration(id);
  if (integration !== null) return integration;
  const { integrations: known } = await store.readIntegrations();
  const names = known.slice(0, 5).map((one) => one.id);
  const hint = names.length === 0 ? 'none is there yet' : `there are ${names.join(', ')}`;
  throw new CommandError(
    `There is no integration ${id} (${hint}${known.length > names.length ? ', ...' : ''}). Add it with: schoolbell integrations add ${id}`,
  );
}
