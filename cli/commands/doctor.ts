import type { Command } from 'commander';
import type { Integration } from '../../functions/contract/integration.ts';
import { plural } from '../../functions/contract/printable-text.ts';
import { isRunError } from '../../functions/core/errors.ts';
import type { UnreadableIntegration } from '../../functions/core/ports.ts';
import { idRule } from '../../functions/remote-ids.ts';
import { onDeployment } from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { interruption } from '../terminal/interruption.ts';
import { type Styled, styled } from '../terminal/terminal-text.ts';
import { failureText } from '../views/poll-outcome.ts';

const MARKS = {
  ok: styled('green', '✓'),
  warning: styled('yellow', '!'),
  wrong: styled('red', '✗'),
} satisfies Record<Finding['state'], Styled>;

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the table, the bus, the queues, the API key, the host, the clock and the stored data')
    .action((_options: object, command: Command) => {
      let checks = 0;
      const howFar = () => `stopped after ${plural(checks, 'check')}.`;
      return onDeployment(command, { howFar }, async (deployment, output) => {
        const stop = interruption();
        let wrong = 0;
        for await (const finding of examine(deployment)) {
          if (stop.aborted) return;
          const { check, state, found } = finding;
          checks += 1;
          if (state === 'wrong') wrong += 1;
          output.result(finding, [MARKS[state], ` ${check}: ${found}`]);
        }
        output.say(wrong === 0 ? 'Nothing is wrong.' : `${plural(wrong, 'problem')} to fix.`);
        if (wrong > 0) process.exitCode = ExitCode.failed;
      });
    });
}

/** The result of a check. For a problem, `found` also says how to fix it. */
export type Finding = { check: string; state: 'ok' | 'warning' | 'wrong'; found: string };

/** `doctor` warns of a larger difference from Kombo's clock: leases and waiting times would be too short. */
const CLOCK_WARNING_MS = 30_000;

/** Checks each part of a deployment, without changing anything. */
export async function* examine(deployment: Deployment): AsyncGenerator<Finding> {
  const { ports, checks } = deployment;
  const integrations: Integration[] = [];
  const unreadable: UnreadableIntegration[] = [];
  yield check('table', async () => {
    const read = await ports.store.readIntegrations();
    integrations.push(...read.integrations);
    unreadable.push(...read.unreadable);
    return `can be read: ${plural(integrations.length, 'integration')}`;
  });
  for (const { id, reason } of unreadable) yield { check: `${id}, settings`, state: 'wrong', found: reason };
  yield check('table, writing', async () => {
    // Deleting an item that does not exist needs the permission to write, but changes nothing.
    await ports.store.removeSetAside('schoolbell:doctor', { kind: 'record', id: 'schoolbell-doctor' });
    return 'can be written';
  });
  if (checks !== null) {
    yield check('bus', async () => {
      await checks.findBus();
      return 'exists';
    });
    yield check('bus, sending', async () => {
      await checks.tryToSend();
      return 'EventBridge did not deny a test event of this role or user';
    });
    yield check('poll queue', async () => `exists: ${plural(await checks.countPolls(), 'message')} waiting`);
    yield check('replay queue', async () => {
      const { countReplays: count } = checks;
      if (count !== null) return `exists: ${plural(await count(), 'message')} waiting`;
      return { warning: 'REPLAY_QUEUE_URL is not set, so the replay command itself sends the events' };
    });
    yield check('remote ids', async () => {
      await idRule(deployment.ids);
      return 'the key for hashed ids can be read, or the settings do not need it';
    });
    yield check('consumers', async () => {
      const names = await checks.findStacksOff();
      if (names.length === 0) return 'no deployed consumer is switched off in the settings';
      return { warning: stacksOffText(names) };
    });
  }
  yield* examineKombo(deployment);
  for (const integration of integrations) yield* examineIntegration(deployment, integration);
}

async function* examineKombo({ ports, readKeyOwner }: Deployment): AsyncGenerator<Finding> {
  let skewMs = 0;
  yield check('key and host', async () => {
    const now = ports.clock();
    const { environment, servedAt } = await readKeyOwner();
    skewMs = now - Date.parse(servedAt);
    return `Kombo accepts the key, which belongs to the environment ${environment}`;
  });
  if (Math.abs(skewMs) > CLOCK_WARNING_MS) {
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    yield {
      check: 'clock',
      state: 'warning',
      found: `the clock of this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} Kombo's: synchronize it by NTP`,
    };
  }
}

/** Returns the warning about stacks of consumers that are switched off. `cdk deploy` does not delete them. */
function stacksOffText(names: string[]): string {
  const destroy = names.map((name) => `aws cloudformation delete-stack --stack-name ${name}`);
  return `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} switched off, but still deployed. Delete with: ${destroy.join('; ')}`;
}

async function* examineIntegration(
  { ports }: Deployment,
  { id, state, pausedBy }: Integration,
): AsyncGenerator<Finding> {
  const { store, replays, kombo, clock } = ports;
  yield check(`${id}, stored data`, async () => {
    const stored = await store.readCheckpoint(id);
    await replays.readFirstEntry(id);
    const last = stored?.checkpoint.entry ?? 0;
    await store.readEntry(id, last);
    await store.readSetAside(id);
    return 'can be read by this version';
  });
  if (pausedBy === 'kombo') {
    const found = `is paused, because Kombo did not find it or showed it as switched off. See: schoolbell status ${id}`;
    yield { check: `${id}, Kombo`, state: 'warning', found };
  }
  if (state !== 'active') return;
  yield check(`${id}, Kombo`, async () => {
    await kombo.readPage({ integration: id, updatedAfter: new Date(clock()).toISOString(), cursor: null });
    return 'knows the integration, and shows its course progressions';
  });
}

async function check(name: string, work: () => Promise<string | { warning: string }>): Promise<Finding> {
  try {
    const found = await work();
    if (typeof found === 'string') return { check: name, state: 'ok', found };
    return { check: name, state: 'warning', found: found.warning };
  } catch (error) {
    if (!isRunError(error)) throw error;
    const state = error.kind === 'waiting' ? 'warning' : 'wrong';
    return { check: name, state, found: failureText(error) };
  }
}
