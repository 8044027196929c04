import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createLogUpdate } from 'log-update';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { findIntegration } from '../deployment/find-integration.ts';
import { type Deployment, withDeployment } from '../deployment/open-deployment.ts';
import { readStatus, readStatuses } from '../deployment/read-status.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { parseIntegrationId } from '../options/integration-argument.ts';
import { parseNumber } from '../options/number-option.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { printEvent } from '../terminal/print-event.ts';
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
