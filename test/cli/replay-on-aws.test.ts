import { expect, test } from 'vitest';
import { type ReplayCommand, resumeReplay, startReplay, stopReplay } from '../../cli/runs/replay-runs.ts';
import { terminalText } from '../../cli/terminal/terminal-text.ts';
import { createReplayProgress, replayText } from '../../cli/views/replay-view.ts';
import type { ReplayMessage } from '../../functions/contract/messages.ts';
import { DeploymentError } from '../../functions/core/errors.ts';
import { komboStart } from '../../functions/core/replay/replay-from-kombo.ts';
import type { ReplayPosition } from '../../functions/core/replay/replay-record.ts';
import { replayHandler } from '../../functions/replay/handler.ts';
import { ALWAYS, polledWorld, type ReplayWorld } from '../support/replay-world.ts';

/**
 * Creates what a command needs to work on a deployment. The replay function runs as soon as it receives a
 * message.
 */
function deployed(at: ReplayWorld) {
  const messages: ReplayMessage[] = [];
  const said: string[] = [];
  const replayQueue = {
    async send(sent: ReplayMessage[]) {
      messages.push(...sent);
      for (const message of sent) {
        await handle(
          { Records: [{ body: JSON.stringify(message) }] },
          { getRemainingTimeInMillis: () => 600_000 },
        );
      }
    },
  };
  const handle = replayHandler({
    ports: at.ports,
    settings: at.settings,
    queue: replayQueue,
    report: () => {},
  });
  const command: ReplayCommand = {
    deployment: {
      ports: at.ports,
      settings: at.settings,
      queue: null,
      replayQueue,
      readKeyOwner: () => Promise.reject(new Error('not asked for')),
      findLearners: async () => [],
      readCertificates: async () => null,
      readConsumers: async () => [],
      checks: null,
      ids: { mode: 'keep', key: async () => '' },
      close: async () => {},
    },
    output: {
      json: false,
      result: (_object, ...lines) => said.push(terminalText(lines)),
      say: (...lines) => said.push(terminalText(lines)),
      error: (text) => said.push(text),
    },
    progress: createReplayProgress(false),
    here: false,
  };
  return { command, messages, said };
}

test("`replay` sends a message to the deployment's replay function, and prints when the function has finished the replay", async () => {
  const at = await polledWorld(6);
  const { command, messages, said } = deployed(at);

  await startReplay(command, await at.order(await at.plan(ALWAYS)));

  expect(messages).toEqual([{ integration: 'moodle:test', replay: 'again' }]);
  expect(said).toEqual([
    'The deployment sends replay again. It continues after Ctrl-C.',
    'Replay again is finished: 6 of 6 events sent.',
  ]);
});

test("`replay --resume` makes the deployment's replay function send the rest of a stopped replay", async () => {
  const at = await polledWorld(6);
  const { command, messages, said } = deployed(at);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });
  let batches = 2;
  await at.run(replay, { timeLeft: () => batches-- > 0 });

  await stopReplay(command, 'moodle:test', true);
  expect(said.at(-1)).toMatch(/stopped: 2 of 6 events sent/);
  await at.run(replay);
  expect(at.replayed()).toHaveLength(2);

  await resumeReplay(command, 'moodle:test', 'again');
  expect(messages).toHaveLength(1);
  expect(said.at(-1)).toBe('Replay again is finished: 6 of 6 events sent.');
});

test('`replay --stop` stops the replay that is running, also if a later replay was stopped', async () => {
  const at = await polledWorld(6);
  const { command, said } = deployed(at);
  const plan = await at.plan(ALWAYS);
  await at.order(plan, { id: 'running' });
  at.clock.advance(60_000);
  await at.order(plan, { id: 'later' });
  await stopReplay(command, 'moodle:test', true);
  expect(said.at(-1)).toMatch(/^Replay later is stopped/);

  await stopReplay(command, 'moodle:test', true);

  expect(said.at(-1)).toMatch(/^Replay running is stopped/);
  await expect(stopReplay(command, 'moodle:test', true)).rejects.toThrow('no replay that is running');
  expect(await at.run({ id: 'running' })).toMatchObject({ kind: 'ended', replay: { published: 0 } });
});

test.each<[ReplayPosition, string]>([
  [komboStart([]), '4 events not sent, because Kombo did not show them again.'],
  [
    { source: 'journal', last: 9, entry: 9, index: 0 },
    '4 events not sent, because retention removed them from the journal before sending.',
  ],
])('the text about a finished replay says why counted events were not sent: %o', async (position, text) => {
  const at = await polledWorld(6);
  const replay = await at.order(await at.plan(ALWAYS));
  expect(replayText({ ...replay, position, state: 'finished', published: 2 })).toContain(text);
});

test('`replay --resume` makes the replay function continue a running replay that has made no progress for 20 minutes', async () => {
  const at = await polledWorld(6);
  const { command, messages } = deployed(at);
  await at.order(await at.plan(ALWAYS));
  at.clock.advance(21 * 60_000);

  await resumeReplay(command, 'moodle:test', true);

  expect(messages).toHaveLength(1);
  expect(at.replayed()).toHaveLength(6);
});

test('`replay` stops the stored replay when its message cannot be sent, and `--resume` sends it', async () => {
  const at = await polledWorld(6);
  const { command, said } = deployed(at);
  const { replayQueue } = command.deployment;
  const refused = new DeploymentError('AWS refuses access to the queue');
  command.deployment.replayQueue = { send: () => Promise.reject(refused) };

  await expect(startReplay(command, await at.order(await at.plan(ALWAYS)))).rejects.toBe(refused);
  expect(said).toEqual([expect.stringMatching(/^Replay again is stopped: 0 of 6 .* --resume again$/)]);

  command.deployment.replayQueue = replayQueue;
  await resumeReplay(command, 'moodle:test', true);
  expect(said.at(-1)).toBe('Replay again is finished: 6 of 6 events sent.');
});

test('`replay` sends the events itself when the deployment has no replay function', async () => {
  const at = await polledWorld(6);
  const { command, said } = deployed(at);
  command.deployment.replayQueue = null;

  await startReplay(command, await at.order(await at.plan(ALWAYS)));

  expect(said[0]).toMatch(/no replay function, so this process sends/);
  expect(at.replayed()).toHaveLength(6);
});
