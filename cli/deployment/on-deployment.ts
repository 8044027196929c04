import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import pMap from 'p-map';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import { IntegrationError } from '../../functions/core/errors.ts';
import type { Worker } from '../../functions/core/journal/worker.ts';
import { withLease } from '../../functions/core/operator/with-lease.ts';
import type { Ports, Store } from '../../functions/core/ports.ts';
import type { DeliveredEvent } from '../../local/bus/bus.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { interruption, unlessInterrupted } from '../terminal/interruption.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { eventLine } from '../views/event-line.ts';
import { type Deployment, openDeployment } from './open-deployment.ts';

type OnDeployment = {
  /** Whether `--local` may name a directory without data. */
  mayCreate?: boolean;
  /** Calls `print`, which prints an event. A command with a progress bar hides the bar meanwhile. */
  aroundEvent?: (print: () => void) => void;
  /** Says what was shown until Ctrl-C. Only for commands that write no data: they end at once at Ctrl-C. */
  howFar?: () => string;
};

/** The options of a command that only reads data, and that prints its results only at its end. */
export const READS = { howFar: () => 'nothing was shown.' } as const satisfies OnDeployment;

/**
 * Runs a command on the deployment that its global options name. With `--local`, also prints the events that
 * the command publishes.
 */
export async function onDeployment<Result>(
  command: Command,
  { mayCreate = false, aroundEvent = (print) => print(), howFar }: OnDeployment,
  work: (deployment: Deployment, output: Output) => Promise<Result>,
): Promise<Result> {
  const options = globalOptionsOf(command);
  // A command with `howFar` does not wait for its work after Ctrl-C, so the work must not print any more.
  const output = createOutput(options.json, howFar && interruption());
  const onEvent = (event: DeliveredEvent) => aroundEvent(() => output.result(event, ...eventLine(event)));
  const deployment = await openDeployment(options, onEvent, mayCreate);
  try {
    const result = work(deployment, output);
    return await (howFar === undefined ? result : unlessInterrupted(result, howFar));
  } finally {
    await deployment.close();
  }
}

/**
 * Runs an operator's command on one integration while holding its lease.
 *
 * @throws CommandError when the integration was never added, or another poll or command holds its lease
 */
export function onIntegration<Result>(
  command: Command,
  id: IntegrationId,
  work: (worker: Worker) => Promise<Result>,
): Promise<{ result: Result; integration: Integration; output: Output }> {
  return onDeployment(command, {}, async (deployment, output) => {
    const integration = await findIntegration(deployment.ports.store, id);
    return { result: await underLease(deployment, integration, work), integration, output };
  });
}

/**
 * Runs work while holding the lease of an integration. If a poll was requested during the work, requests it
 * again, because the first request did nothing.
 *
 * @throws CommandError when another poll or command holds the lease
 */
export async function underLease<Result>(
  { ports, settings, queue }: Pick<Deployment, 'settings' | 'queue'> & { ports: Ports },
  integration: Integration,
  work: (worker: Worker) => Promise<Result>,
): Promise<Result> {
  const operated = await withLease(ports, settings, integration, randomUUID(), work);
  if (operated.done) {
    if (operated.again) await queue?.send([{ integration: integration.id }]);
    return operated.result;
  }
  throw new CommandError(
    `Another poll or command is working on ${integration.id}. Try again when it has finished. If it does not finish, its lease expires at ${operated.busyUntil}.`,
  );
}

/** @throws CommandError when the integration was never added */
export async function findIntegration(store: Store, id: IntegrationId): Promise<Integration> {
  const integration = await store.readIntegration(id);
  if (integration !== null) return integration;
  const { integrations } = await store.readIntegrations();
  const names = integrations.slice(0, 5).map((known) => known.id);
  if (integrations.length > names.length) names.push('...');
  const hint =
    names.length === 0 ? 'no integration was added yet' : `added integrations: ${names.join(', ')}`;
  throw new CommandError(
    `There is no integration ${id} (${hint}). Add it with: schoolbell integrations add ${id}`,
  );
}

/** Returns the integrations, and prints an error for each whose settings cannot be read. */
export async function readIntegrations(store: Store, output: Output): Promise<Integration[]> {
  const { integrations, unreadable } = await store.readIntegrations();
  for (const { reason } of unreadable) output.error(reason);
  return integrations;
}

const READS_AT_ONCE = 8;

/** Reads data of each integration. Damaged data of one does not hide the others: prints an error for it. */
export async function readEach<Result>(
  integrations: Integration[],
  output: Output,
  read: (integration: Integration) => Promise<Result>,
): Promise<Result[]> {
  const readOne = async (integration: Integration) => {
    try {
      return [await read(integration)];
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      output.error(error.message);
      process.exitCode = ExitCode.failed;
      return [];
    }
  };
  return (await pMap(integrations, readOne, { concurrency: READS_AT_ONCE })).flat();
}
