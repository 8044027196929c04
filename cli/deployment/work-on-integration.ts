import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import type { Worker } from '../../functions/core/journal/worker.ts';
import { withLease } from '../../functions/core/operator/with-lease.ts';
import type { Store } from '../../functions/core/ports.ts';
import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { CommandError } from '../terminal/exit-code.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { eventLine } from '../views/event-line.ts';
import { type Deployment, withDeployment } from './open-deployment.ts';

/**
 * Does an operator's work on one integration, as the only worker on it; the events that it publishes are printed with
 * `--local`.
 *
 * @throws CommandError when the integration was never added, or a poll of it is running
 */
export async function workOnIntegration<Result>(
  command: Command,
  id: IntegrationId,
  work: (worker: Worker) => Promise<Result>,
): Promise<{ result: Result; integration: Integration; output: Output }> {
  const { directory, json } = globalOptionsOf(command);
  const output = createOutput(json);
  return withDeployment(directory, printEvent(output), async (deployment) => {
    const integration = await findIntegration(deployment.ports.store, id);
    const result = await operateOn(deployment, integration, work);
    return { result, integration, output };
  });
}

/** @throws CommandError when a poll is running */
export async function operateOn<Result>(
  { ports, settings }: Deployment,
  integration: Integration,
  work: (worker: Worker) => Promise<Result>,
): Promise<Result> {
  const operated = await withLease(ports, settings, integration, randomUUID(), work);
  if (operated.done) return operated.result;
  throw new CommandError(
    `A poll of ${integration.id} is running. Try again when it has ended, at the latest after ${operated.busyUntil}.`,
  );
}

/**
 * An integration that was added.
 *
 * @throws CommandError when it was not, naming those that were
 */
export async function findIntegration(store: Store, id: IntegrationId): Promise<Integration> {
  const integration = await store.readIntegration(id);
  if (integration !== null) return integration;
  const { integrations: known } = await store.readIntegrations();
  const names = known.slice(0, 5).map((one) => one.id);
  const hint = names.length === 0 ? 'none is there yet' : `there are ${names.join(', ')}`;
  throw new CommandError(
    `There is no integration ${id} (${hint}${known.length > names.length ? ', ...' : ''}). Add it with: schoolbell integrations add ${id}`,
  );
}

/** Prints each event as it is published: as EventBridge delivers it with `--json`, or as one readable line. */
export function printEvent(output: Output): (event: DeliveredEvent) => void {
  return (event) => output.answer(event, ...eventLine(event));
}
