import * as z from 'zod/mini';
import { Timestamp } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import type { Checkpoint } from '../state/checkpoint.ts';

/** The integration that was tried last while the deployment was wrong. `at` by the machine's clock. */
export const Probe = z.object({ integration: IntegrationId, at: Timestamp });
export type Probe = z.infer<typeof Probe>;

/**
 * The integration to try while the deployment is wrong, so that a key which Kombo refuses is not used by all of them: the
 * last to succeed first, then another one each time, also when the run before came to nothing.
 *
 * @param stopped those whose runs fail because of the deployment
 * @param turn.lastProbe it may be of an earlier time when the deployment was wrong
 * @returns null where none is stopped, or one was tried in this interval
 */
export function nextProbe(
  stopped: Checkpoint[],
  { lastProbe: last, now, intervalMs }: { lastProbe: Probe | null; now: number; intervalMs: number },
): IntegrationId | null {
  const order = stopped.toSorted(
    (one, other) => successOf(other) - successOf(one) || (one.integration < other.integration ? -1 : 1),
  );
  const [first] = order;
  if (first === undefined) return null;
  if (last === null || successOf(first) > Date.parse(last.at)) return first.integration;
  // Dispatch is called again when it failed.
  if (now - Date.parse(last.at) < intervalMs / 2) return null;
  const at = order.findIndex(({ integration }) => integration === last.integration);
  return (order[at + 1] ?? first).integration;
}

function successOf({ succeededAt }: Checkpoint): number {
  return succeededAt === null ? 0 : Date.parse(succeededAt);
}
