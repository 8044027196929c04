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
import {
  onDeployment,
  onIntegration,
  READS,
  readEach,
  readIntegrations,
  underLease,
} from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { addIntegrationCommand, baselineOption } from '../options/values.ts';
import type { Output } from '../terminal/output.ts';
import { plainTable } from '../views/plain-table.ts';

export function addIntegrationsCommand(program: Command): void {
  const integrations = program
    .command('integrations')
    .description('add, list and remove the Kombo integrations that are polled');

  addIntegrationCommand(integrations, 'add', 'start polling an integration')
    .addOption(baselineOption())
    .addHelpText('after', ADD_HELP)
    .action((id: string, options: { baseline?: Baseline }, command: Command) =>
      onDeployment(command, { mayCreate: true }, (deployment, output) =>
        add(deployment, id, options.baseline ?? null, output),
      ),
    );

  integrations
    .command('list')
    .description('list the integrations with the state of each')
    .action((_options: object, command: Command) =>
      onDeployment(command, READS, async ({ ports: { store } }, output) => {
        const integrations = await readIntegrations(store, output);
        const checkpoints = await store.readCheckpoints(integrations.map(({ id }) => id));
        const rows = await readEach(integrations, output, async (integration) => {
          const { id } = integration;
          // `readCheckpoints` leaves out a damaged checkpoint, and `readCheckpoint` throws an error for it.
          const { health, watermark, known, held } =
            checkpoints.get(id) ?? (await store.readCheckpoint(id))?.checkpoint ?? newCheckpoint(id);
          return { ...integration, health, watermark, known, held };
        });
        if (integrations.length === 0)
          return output.say(
            'There are no integrations yet. Add an integration with: schoolbell integrations add ID',
          );
        output.result(
          rows,
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
      }),
    );

  addIntegrationCommand(integrations, 'remove', 'stop polling an integration; its journal is kept').action(
    async (id: string, _options: object, command: Command) => {
      const { result, output } = await onIntegration(command, id, (worker) => changeState(worker, 'removed'));
      output.result(
        result,
        `Removed ${id}: it is not polled any more. Its journal is kept. If you add it again, it continues from its watermark, or with --baseline it starts with a first sync.`,
      );
    },
  );
}

const ADD_HELP = `
An integration that was removed and is added again continues from its watermark: the changes since then are
published. With --baseline, its next poll is a first sync instead. Of the changes since the removal, "silent" publishes
none, "publish" publishes all, and "since:DATE" publishes those with a date of DATE or later. No event is published twice.`;

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
  const isAgain = known?.state === 'removed';
  const stored = isAgain
    ? await underLease(deployment, known, (worker) => addAgain(worker, { baseline, addedAt }))
    : ((await store.changeIntegration(id, (before) => before ?? added)) ?? added);
  // The clock of the sandbox moves only with polls, so the times of two commands can be equal.
  if ((known !== null && !isAgain) || stored.addedAt !== addedAt) {
    return output.result(
      stored,
      `${id} was already added (${stored.state}, baseline ${describeBaseline(stored.baseline)}), so nothing was changed.`,
    );
  }
  output.result(stored, addedText(stored, isAgain, baseline === null ? watermark : null));
}

/** If `watermark` is null, the next poll is a baseline. */
function addedText({ id, baseline }: Integration, isAgain: boolean, watermark: string | null): string {
  const added = `Added ${id}${isAgain ? ' again' : ''}.`;
  return watermark === null
    ? `${added} Its ${isAgain ? 'next' : 'first'} poll is the baseline (${describeBaseline(baseline)}).`
    : `${added} Its next poll continues from its watermark, ${watermark}, and publishes the changes since then.`;
}
