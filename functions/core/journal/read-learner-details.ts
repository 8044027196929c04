import type { IntegrationId } from '../../contract/integration.ts';
import type { DetailsById } from '../decide/events-of-entry.ts';
import { IntegrationError } from '../errors.ts';
import type { Kombo } from '../ports.ts';

/**
 * Today's details of the learners of some progressions, by progression id. Those whom Kombo no longer knows are absent,
 * all of them when it no longer knows the integration: its journal must still be finished, and can still be replayed.
 *
 * @throws TransientError, WaitingError, AccessRefusedError or DeploymentError: the details can be read later
 */
export async function readLearnerDetails(
  kombo: Pick<Kombo, 'readByIds'>,
  integration: IntegrationId,
  progressions: string[],
): Promise<DetailsById> {
  if (progressions.length === 0) return new Map();
  try {
    const { records } = await kombo.readByIds(integration, progressions);
    return new Map(records.map(({ state, learnerDetails }) => [state.id, learnerDetails]));
  } catch (error) {
    if (error instanceof IntegrationError) return new Map();
    throw error;
  }
}
