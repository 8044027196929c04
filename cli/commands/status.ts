import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import pMap from 'p-map';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import { IntegrationError } from '../../functions/core/errors.ts';
import { type Status, statusOf } from '../../functions/core/operator/status.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import type { ReplayPorts } from '../../functions/core/replay/ports.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { findIntegration, onDeployment, readIntegrations } from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { addIntegrationCommand, integerFrom } from '../options/values.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { interruption, pause } from '../terminal/interruption.ts';
import { type Output, terminalColumns } from '../terminal/output.ts';
import { firstLines, type Line } from '../terminal/terminal-text.ts';
import { overviewText, statusText } from '../views/status-text.ts';

type StatusOptions = { watch?: boolean; every: number };

export function addStatusCommand(program: Command): void {
  addIntegrationCommand(
    program,
    'status',
    'show the state of all integrations, those with problems first, or all details of one integration',
    '[integration]',
  )
    .option('--watch', 'update the view until Ctrl-C')
    .option('--every <seconds>', 'with --watch: the time between two updates', integerFrom(1, 3600), 5)
    .action((id: IntegrationId | undefined, options: StatusOptions, command: Command) => {
      const howFar = () => 'the state was not read completely.';
      return onDeployment(command, options.watch ? {} : { howFar }, (deployment, output) =>
        options.watch
          ? watch(deployment, id, options.every, output)
          : show(deployment, id, output, output.say),
      );
    });
}

async function watch(
  deployment: Deployment,
  id: IntegrationId | undefined,
  every: number,
  output: Output,
): Promise<void> {
  const isLive = Number.isFinite(terminalColumns()) && !output.json;
  const live = isLive ? createLogUpdate(process.stdout) : null;
  // `log-update` itself would leave out the first lines, which are about the integrations with problems.
  const print = (...lines: Line[]) =>
    live === null ? output.say(...lines) : live(firstLines(lines, process.stdout));
  const signal = interruption();
  while (!signal.aborted) {
    await show(deployment, id, output, print);
    await pause(every * 1000, signal);
  }
  live?.done();
}

async function show(
  { ports }: Deployment,
  id: IntegrationId | undefined,
  output: Output,
  print: (...lines: Line[]) => void,
): Promise<void> {
  if (id !== undefined) {
    const integration = await findIntegration(ports.store, id);
    const status = await readStatus(ports, integration, await countEvents(ports, integration));
    return output.json ? output.result(status, '') : print(...statusText(status));
  }
  const integrations = await readIntegrations(ports.store, output);
  const present = integrations.filter(({ state }) => state !== 'removed');
  const read = async (integration: Integration) => {
    try {
      return [await readStatus(ports, integration, null)];
    } catch (error) {
      // Damaged data of one integration must not hide the others.
      if (!(error instanceof IntegrationError)) throw error;
      output.error(error.message);
      process.exitCode = ExitCode.failed;
      return [];
    }
  };
  const statuses = (await pMap(present, read, { concurrency: READS_AT_ONCE })).flat();
  if (output.json) return output.result(statuses);
  if (present.length === 0)
    return print('There are no integrations yet. Add an integration with: schoolbell integrations add ID');
  print(...overviewText(statuses, ports.clock()));
}

const DAY_MS = 24 * 60 * 60 * 1000;
const READS_AT_ONCE = 8;

async function countEvents(ports: ReplayPorts, integration: Integration): Promise<Status['events']> {
  const planned = await planReplay(ports, integration, {
    range: { from: new Date(ports.clock() - DAY_MS).toISOString(), to: null },
    filter: ANY_EVENT,
    source: 'journal',
  });
  return 'plan' in planned ? planned.plan.byType : {};
}

async function readStatus(
  { store, replays, clock }: ReplayPorts,
  integration: Integration,
  events: Status['events'],
): Promise<Status> {
  const [stored, setAside, first] = await Promise.all([
    store.readCheckpoint(integration.id),
    store.readSetAside(integration.id),
    replays.readFirstEntry(integration.id),
  ]);
  const nextEntry = stored && (await store.readEntry(integration.id, stored.checkpoint.entry + 1));
  const facts = {
    integration,
    nextEntry,
    checkpoint: stored?.checkpoint ?? null,
    lease: stored?.lease ?? null,
    setAside: setAside.length,
    firstEntry: first?.number ?? null,
    events,
  };
  return statusOf(facts, clock());
}
