import type { Command } from 'commander';
import {
  type Baseline,
  describeBaseline,
  type Integration,
  type IntegrationId,
} from '../../functions/contract/integration.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import { addAgain, changeState } from '../../functions/core/operator/operator-changes.ts';
import { newCheckpoint } from '../../functions/core/state/checkpoint.ts';
import { type Deployment, withDeployment } from '../deployment/open-deployment.ts';
import { operateOn, printEvent, workOnIntegration } from '../deployment/work-on-integration.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { addIntegrationArgument, baselineOption } from '../options/values.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { plainTable } from '../views/plain-table.ts';

/** `schoolbell integrations add|list|remove`. */
export function addIntegrationsCommand(program: Command): void {
  const integrations = program
    .command('integrations')
    .description('add, list and remove the Kombo integrations that are polled');
  addAdd(integrations);
  addList(integrations);
  addRemove(integrations);
}

function addAdd(integrations: Command): void {
  addIntegrationArgument(integrations.command('add').description('poll an integration from now on'))
    .addOption(baselineOption())
    .addHelpText('after', ADD_HELP)
    .action(async (id: string, options: { baseline?: Baseline }, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      const output = createOutput(json);
      await withDeployment(
        directory,
        printEvent(output),
        (deployment) => add(deployment, id, options.baseline ?? null, output),
        {
          mayCreate: true,
        },
      );
    });
}

const ADD_HELP = `
An integration that was removed goes on where it was: what happened meanwhile is published. With --baseline it is synced
as if for the first time: silent publishes nothing of what happened meanwhile, publish everything, since:DATE what is dated
so. What was published before the removal is not published again.`;

async function add(
  deployment: Deployment,
  id: IntegrationId,
  baseline: Baseline | null,
  output: Output,
): Promise<void> {
  const { store, clock } = deployment.ports;
  const addedAt = new Date(clock()).toISOString();
  const known = await store.readIntegration(id);
  const { watermark = null } = (await store.readCheckpoint(id))?.checkpoint ?? {};
  const added: Integration = { id, state: 'active', baseline: baseline ?? { mode: 'silent' }, addedAt };
  const stored =
    known?.state === 'removed'
      ? await operateOn(deployment, known, (worker) => addAgain(worker, { baseline, addedAt }))
      : ((await store.changeIntegration(id, (before) => before ?? added)) ?? added);
  if (stored.addedAt !== addedAt) {
    return output.answer(
      stored,
      `${id} is there already (${stored.state}, baseline ${describeBaseline(stored.baseline)}): nothing was changed.`,
    );
  }
  output.answer(stored, addedText(stored, known !== null, baseline === null ? watermark : null));
}

/** @param watermark where it goes on; null when its next poll is a baseline */
function addedText({ id, baseline }: Integration, isAgain: boolean, watermark: string | null): string {
  const added = `Added ${id}${isAgain ? ' again' : ''}.`;
  return watermark === null
    ? `${added} Its ${isAgain ? 'next' : 'first'} poll is the baseline (${describeBaseline(baseline)}).`
    : `${added} It goes on where it was, at ${watermark}: what happened since then is published.`;
}

function addList(integrations: Command): void {
  integrations
    .command('list')
    .description('the integrations, and how each is doing')
    .action(async (_options: object, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      const output = createOutput(json);
      await withDeployment(directory, printEvent(output), async ({ ports: { store } }) => {
        const { integrations, unreadable } = await store.readIntegrations();
        for (const { reason } of unreadable) output.complain(reason);
        const checkpoints = await store.readCheckpoints(integrations.map(({ id }) => id));
        const rows = integrations.map((integration) => {
          const { health, watermark, known, held } =
            checkpoints.get(integration.id) ?? newCheckpoint(integration.id);
          return { ...integration, health, watermark, known, held };
        });
        if (json) {
          for (const row of rows) output.answer(row, '');
          return;
        }
        if (rows.length === 0)
          return output.say('No integrations yet. Add one: schoolbell integrations add ID');
        output.say(
          ...plainTable(
            ['INTEGRATION', 'STATE', 'HEALTH', 'SYNCED UP TO (UTC)', 'KNOWN', 'BASELINE'],
            rows.map(({ id, state, health, watermark, known, held, baseline }) => [
              id,
              state,
              held === null ? (health.state === 'healthy' ? 'healthy' : health.failure.message) : 'held',
              watermark === null ? 'never' : minute(watermark),
              String(known),
              describeBaseline(baseline),
            ]),
          ),
        );
      });
    });
}

function addRemove(integrations: Command): void {
  addIntegrationArgument(
    integrations.command('remove').description('poll an integration no longer; its journal stays'),
  ).action(async (id: string, _options: object, command: Command) => {
    const { result, output } = await workOnIntegration(command, id, (worker) =>
      changeState(worker, 'removed'),
    );
    output.answer(
      result,
      `Removed ${id}: it is polled no longer. Its journal stays; added again, it goes on where it was, or begins with a --baseline.`,
    );
  });
}
