import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import { type Status, statusOf } from '../../functions/core/operator/status.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import type { ReplayPorts } from '../../functions/core/replay/ports.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { findIntegration, onDeployment, readEach, readIntegrations } from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { addIntegrationCommand, integerFrom } from '../options/values.ts';
import { interruption, pause } from '../terminal/interruption.ts';
import { type Output, terminalColumns } from '../terminal/output.ts';
import { unlessTemporary } from '../terminal/report-error.ts';
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

/** Shows the state until Ctrl-C, every `every` seconds. */
export async function watch(
  deployment: Pick<Deployment, 'ports'>,
  id: IntegrationId | undefined,
  every: number,
  output: Output,
): Promise<void> {
  const isLive = Number.isFinite(terminalColumns()) && !output.json;
  const live = isLive ? createLogUpdate(process.stdout) : null;
  const signal = interruption();
  let shown: Line[] = [];
  while (!signal.aborted) {
    // Lines that are not printed by `log-update` would move its view, so errors are in the view.
    const errors: Line[] = [];
    const error = live === null ? output.error : (text: string) => errors.push(text);
    const print = (...lines: Line[]) => {
      shown = lines;
      if (live === null) output.say(...lines);
    };
    await unlessTemporary(show(deployment, id, { ...output, error }, print), error);
    // `log-update` itself would leave out the first lines, which are about the integrations with problems.
    live?.(firstLines([...errors, ...shown], process.stdout));
    await pause(every * 1000, signal);
  }
  live?.done();
}

async function show(
  { ports }: Pick<Deployment, 'ports'>,
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
  const statuses = await readEach(present, output, (each) => readStatus(ports, each, null));
  if (output.json) return output.result(statuses);
  if (present.length === 0)
    return print('There are no integrations yet. Add an integration with: schoolbell integrations add ID');
  print(...overviewText(statuses, ports.clock()));
}

const DAY_MS = 24 * 60 * 60 * 1000;

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
