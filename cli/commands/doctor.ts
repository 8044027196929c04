import type { Command } from 'commander';
import type { Integration } from '../../functions/contract/integration.ts';
import { isRunError } from '../../functions/core/errors.ts';
import type { UnreadableIntegration } from '../../functions/core/ports.ts';
import { idRule } from '../../functions/remote-ids.ts';
import { type Deployment, withDeployment } from '../deployment/open-deployment.ts';
import { printEvent } from '../deployment/work-on-integration.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { createOutput } from '../terminal/output.ts';
import { type Styled, styled } from '../terminal/terminal-text.ts';
import { failureText } from '../views/poll-outcome.ts';
import { plural } from '../views/words.ts';

const MARKS = {
  ok: styled('green', '✓'),
  warning: styled('yellow', '!'),
  wrong: styled('red', '✗'),
} satisfies Record<Finding['state'], Styled>;

/** `schoolbell doctor`: what is wrong with a deployment, and how to mend it. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the table, the bus, the queues, the key, the host, the clock and the stored data')
    .action(async (_options: object, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      const output = createOutput(json);
      await withDeployment(directory, printEvent(output), async (deployment) => {
        let wrong = 0;
        for await (const finding of examine(deployment)) {
          const { check, state, found } = finding;
          if (state === 'wrong') wrong += 1;
          output.answer(finding, [MARKS[state], ` ${check}: ${found}`]);
        }
        output.say(wrong === 0 ? 'Nothing is wrong.' : `${plural(wrong, 'thing')} to mend.`);
        if (wrong > 0) process.exitCode = ExitCode.failed;
      });
    });
}

/** What a check found, and how to mend what is wrong. */
export type Finding = { check: string; state: 'ok' | 'warning' | 'wrong'; found: string };

/** Leases and back-off suffer from more than this. */
const CLOCK_WARNING_MS = 30_000;

/** Looks at each part of a deployment, one finding each. Writes nothing. */
export async function* examine(deployment: Deployment): AsyncGenerator<Finding> {
  const { ports, looks } = deployment;
  const integrations: Integration[] = [];
  const unreadable: UnreadableIntegration[] = [];
  yield look('table', async () => {
    const read = await ports.store.readIntegrations();
    integrations.push(...read.integrations);
    unreadable.push(...read.unreadable);
    return `can be read: ${plural(integrations.length, 'integration')}`;
  });
  for (const { id, reason } of unreadable) yield { check: `${id}, settings`, state: 'wrong', found: reason };
  yield look('table, writing', async () => {
    // Deleting what is not there asks for the permission and changes nothing.
    const nothing = {
      kind: 'record' as const,
      id: 'schoolbell-doctor',
      reason: '',
      at: new Date(0).toISOString(),
    };
    await ports.store.removeSetAside('schoolbell:doctor', nothing);
    return 'can be written';
  });
  if (looks !== null) {
    yield look('bus', async () => {
      await looks.findBus();
      return 'is there';
    });
    yield look('poll queue', async () => `is there: ${plural(await looks.countPolls(), 'message')} waiting`);
    yield replayFinding(looks.countReplays);
    yield look('remote ids', async () => {
      await idRule(deployment.ids);
      return 'their key can be read, where the settings need it';
    });
    yield consumersFinding(looks.findStacksOff);
  }
  yield* examineKombo(deployment);
  for (const integration of integrations) yield* examineIntegration(deployment, integration);
}

async function* examineKombo({ ports, readKeyOwner }: Deployment): AsyncGenerator<Finding> {
  let skewMs = 0;
  yield look('key and host', async () => {
    const now = ports.clock();
    const { environment, servedAt } = await readKeyOwner();
    skewMs = now - Date.parse(servedAt);
    return `Kombo accepts the key; it belongs to the environment ${environment}`;
  });
  if (Math.abs(skewMs) > CLOCK_WARNING_MS) {
    const seconds = Math.round(Math.abs(skewMs) / 1000);
    yield {
      check: 'clock',
      state: 'warning',
      found: `this machine is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} Kombo: set it by NTP`,
    };
  }
}

async function replayFinding(count: (() => Promise<number>) | null): Promise<Finding> {
  if (count !== null) {
    return look('replay queue', async () => `is there: ${plural(await count(), 'message')} waiting`);
  }
  return {
    check: 'replay queue',
    state: 'warning',
    found: 'REPLAY_QUEUE_URL is not set: replays are sent by the command line itself',
  };
}

/** A consumer that the settings switch off goes on until its stack is destroyed, which `cdk` does not do by itself. */
async function consumersFinding(findStacksOff: () => Promise<string[]>): Promise<Finding> {
  let names: string[] = [];
  const finding = await look('consumers', async () => {
    names = await findStacksOff();
    return 'no stack is left of a consumer that is switched off';
  });
  if (names.length === 0) return finding;
  const destroy = names.map((name) => `aws cloudformation delete-stack --stack-name ${name}`);
  return {
    check: 'consumers',
    state: 'warning',
    found: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} switched off and still deployed. To destroy: ${destroy.join('; ')}`,
  };
}

async function* examineIntegration(
  { ports }: Deployment,
  { id, state }: Integration,
): AsyncGenerator<Finding> {
  const { store, replays, kombo, clock } = ports;
  yield look(`${id}, stored data`, async () => {
    const stored = await store.readCheckpoint(id);
    await replays.readFirstEntry(id);
    const last = stored?.checkpoint.entry ?? 0;
    await store.readEntry(id, last);
    await store.readSetAside(id);
    return 'can be read by this version';
  });
  if (state !== 'active') return;
  yield look(`${id}, Kombo`, async () => {
    await kombo.readPage({ integration: id, updatedAfter: new Date(clock()).toISOString(), cursor: null });
    return 'knows the integration, and shows its course progressions';
  });
}

async function look(check: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return { check, state: 'ok', found: await work() };
  } catch (error) {
    if (!isRunError(error)) throw error;
    const state = error.kind === 'waiting' ? 'warning' : 'wrong';
    return { check, state, found: failureText(error) };
  }
}
