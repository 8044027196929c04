import type { Command } from 'commander';
import { minute } from '../../functions/contract/printable-text.ts';
import { retrySetAside } from '../../functions/core/operator/retry-set-aside.ts';
import type { SetAside } from '../../functions/core/state/set-aside.ts';
import { findIntegration, onDeployment, onIntegration, READS } from '../deployment/on-deployment.ts';
import { addIntegrationArgument } from '../options/values.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { plainTable } from '../views/plain-table.ts';
import { plural } from '../views/words.ts';

/** Adds `schoolbell set-aside list|retry`, for records, events and statuses that could not be processed. */
export function addSetAsideCommand(program: Command): void {
  const setAside = program
    .command('set-aside')
    .description('list or retry the records, events and statuses that could not be processed');
  addList(setAside);
  addRetry(setAside);
}

function addList(setAside: Command): void {
  addIntegrationArgument(setAside.command('list').description('list what is set aside, and why')).action(
    (id: string, _options: object, command: Command) =>
      onDeployment(
        command,
        async ({ ports: { store } }, output) => {
          await findIntegration(store, id);
          const items = await store.readSetAside(id);
          if (items.length === 0) return output.say(`Nothing is set aside for ${id}.`);
          output.answerAll(
            items,
            ...plainTable(
              ['KIND', 'ID', 'SINCE (UTC)', 'REASON'],
              items.map((item) => [item.kind, item.id, minute(item.at), reasonText(item)]),
            ),
          );
        },
        READS,
      ),
  );
}

function addRetry(setAside: Command): void {
  addIntegrationArgument(
    setAside
      .command('retry')
      .description('read the records and publish the events again; statuses stay in the list'),
  ).action(async (id: string, _options: object, command: Command) => {
    const { result, output } = await onIntegration(command, id, async (worker) =>
      retrySetAside(worker, await worker.ports.store.readSetAside(id)),
    );
    const { processed: settled, remaining: left } = result;
    for (const item of settled) {
      output.answer({ ...item, settled: true }, `processed        ${item.kind} ${item.id}`);
    }
    for (const item of left) {
      output.answer(
        { ...item, settled: false },
        `still set aside  ${item.kind} ${item.id}: ${reasonText(item)}`,
      );
    }
    output.say(
      settled.length + left.length === 0
        ? `Nothing is set aside for ${id}.`
        : `${settled.length} processed, ${left.length} still set aside.`,
    );
    if (left.length > 0) process.exitCode = ExitCode.failed;
  });
}

/** Returns why an item is set aside. For an unknown status, also names the records that have it. */
function reasonText(item: SetAside): string {
  if (item.kind !== 'status') return item.reason;
  const { count, sample, reason } = item;
  const examples = sample.length < count ? `, such as ${sample.join(', ')}` : `: ${sample.join(', ')}`;
  return `${reason} (${plural(count, 'record')}${examples})`;
}
