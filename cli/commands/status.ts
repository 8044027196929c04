import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import pMap from 'p-map';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import { type Status, statusOf } from '../../functions/core/operator/status.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { type Deployment, withDeployment } from '../deployment/open-deployment.ts';
import { findIntegration, printEvent } from '../deployment/work-on-integration.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { parseIntegrationId, parseNumber } from '../options/values.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { type Line, terminalText } from '../terminal/terminal-text.ts';
import { overviewText, statusText } from '../views/status-text.ts';

type StatusOptions = { watch?: boolean; every: number };

/** `schoolbell status`: how the integrations do; a live view with `--watch`. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('how all integrations do, the worst first; or one in full')
    .argument('[integration]', 'id of a Kombo integration', parseIntegrationId)
    .option('--watch', 'look again and again, until Ctrl-C')
    .option('--every <seconds>', 'with --watch: how often', parseNumber({ min: 1, max: 3600 }), 5)
    .action(async (id: IntegrationId | undefined, options: StatusOptions, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      const output = createOutput(json);
      await withDeployment(directory, printEvent(output), async (deployment) => {
        if (options.watch) return watch(deployment, id, options.every, output);
        await show(deployment, id, output, output.say);
      });
    });
}

async function watch(
  deployment: Deployment,
  id: IntegrationId | undefined,
  every: number,
  output: Output,
): Promise<void> {
  const leaving = new AbortController();
  process.once('SIGINT', () => leaving.abort());
  process.once('SIGTERM', () => leaving.abort());
  const live = process.stdout.isTTY && !output.json ? createLogUpdate(process.stdout) : null;
  const print = (...lines: Line[]) => (live === null ? output.say(...lines) : live(terminalText(lines)));
  while (!leaving.signal.aborted) {
    await show(deployment, id, output, print);
    await sleep(every * 1000, undefined, { signal: leaving.signal }).catch(() => undefined);
  }
  live?.done();
}

async function show(
  deployment: Deployment,
  id: IntegrationId | undefined,
  output: Output,
  print: (...lines: Line[]) => void,
): Promise<void> {
  const { store, clock } = deployment.ports;
  if (id !== undefined) {
    const status = await readStatus(deployment, await findIntegration(store, id));
    return output.json ? output.answer(status, '') : print(...statusText(status));
  }
  const { integrations, unreadable } = await store.readIntegrations();
  for (const { reason } of unreadable) output.complain(reason);
  const statuses = await readStatuses(deployment, integrations);
  if (output.json) {
    for (const status of statuses) output.answer(status, '');
  } else if (statuses.length === 0) {
    print('No integrations yet. Add one: schoolbell integrations add ID');
  } else {
    print(...overviewText(statuses, clock()));
  }
}

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
