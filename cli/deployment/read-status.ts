import pMap from 'p-map';
import type { Integration } from '../../functions/contract/integration.ts';
import { type Status, statusOf } from '../../functions/core/operator/status.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import type { Deployment } from './open-deployment.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const READS_AT_ONCE = 8;

type Read = Pick<Deployment, 'ports'>;

/** What is known of integrations, for an overview: the events of the last day are not counted. */
export function readStatuses(at: Read, integrations: Integration[]): Promise<Status[]> {
  return pMap(integrations, (integration) => read(at, integration, null), { concurrency: READS_AT_ONCE });
}

/** What is known of one integration, with the events of the last 24 hours, for which their journal is read. */
export async function readStatus(at: Read, integration: Integration): Promise<Status> {
  const { ports } = at;
  const planned = await planReplay(ports, integration, {
    range: { from: new Date(ports.clock() - DAY_MS).toISOString(), to: null },
    filter: ANY_EVENT,
    source: 'journal',
  });
  return read(at, integration, 'plan' in planned ? planned.plan.byType : {});
}

async function read({ ports }: Read, integration: Integration, events: Status['events']): Promise<Status> {
  const { store, replays, clock } = ports;
  const [stored, setAside, first] = await Promise.all([
    store.readCheckpoint(integration.id),
    store.readSetAside(integration.id),
    replays.readFirstEntry(integration.id),
  ]);
  const facts = {
    integration,
    checkpoint: stored?.checkpoint ?? null,
    lease: stored?.lease ?? null,
    setAside: setAside.length,
    firstEntry: first?.number ?? null,
    events,
  };
  return statusOf(facts, clock());
}
