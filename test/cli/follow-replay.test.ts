import { expect, test } from 'vitest';
import { followReplay, runReplayHere } from '../../cli/runs/replay-runs.ts';
import { terminalText } from '../../cli/terminal/terminal-text.ts';
import { barText, replayText } from '../../cli/views/replay-view.ts';
import { TransientError } from '../../functions/core/errors.ts';
import { changeReplay } from '../../functions/core/replay/order-replay.ts';
import { ALWAYS, polledWorld } from '../support/replay-world.ts';

const onFailure = expect.unreachable;
const NEVER = new AbortController().signal;

test('`replay` shows the progress of a replay that the deployment sends, and ends when the replay is finished', async () => {
  const at = await polledWorld(9);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });
  const seen: number[] = [];
  // Each read of the replay lets the deployment send three more events.
  const replays = {
    async readReplay(integration: string, id: string) {
      let batches = 3;
      await at.run(replay, { timeLeft: () => batches-- > 0 });
      return at.ports.replays.readReplay(integration, id);
    },
  };

  const latest = await followReplay(replays, replay, {
    stop: NEVER,
    onProgress: ({ published }) => seen.push(published),
    onFailure,
    everyMs: 0,
  });

  expect(seen).toEqual([3, 6, 9]);
  expect(replayText(latest)).toBe('Replay again is finished: 9 of 9 events sent.');
});

test('`replay` continues to show the progress of a replay after a temporary failure to read it', async () => {
  const at = await polledWorld(1);
  const replay = await at.order(await at.plan(ALWAYS));
  const failures: string[] = [];
  const replays = {
    async readReplay(integration: string, id: string) {
      if (failures.length < 2) throw new TransientError('DynamoDB is throttled');
      await at.run(replay);
      return at.ports.replays.readReplay(integration, id);
    },
  };

  const latest = await followReplay(replays, replay, {
    stop: NEVER,
    onProgress: () => undefined,
    onFailure: (text) => failures.push(text),
    everyMs: 0,
  });

  expect(latest.state).toBe('finished');
  expect(failures).toHaveLength(2);
});

test('a replay that the deployment sends continues when the `replay` command that shows its progress is interrupted', async () => {
  const at = await polledWorld(3);
  const replay = await at.order(await at.plan(ALWAYS));
  const leaving = new AbortController();

  const latest = await followReplay(at.ports.replays, replay, {
    stop: leaving.signal,
    onProgress: () => leaving.abort(),
    onFailure,
  });

  expect(latest.state).toBe('running');
});

test('when a command that sends a replay itself is interrupted, the replay is stopped, and the text says how to continue it', async () => {
  const at = await polledWorld(9);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });
  const stopping = new AbortController();

  const stopped = await runReplayHere(at.ports, at.settings, replay, {
    stop: stopping.signal,
    onProgress: ({ published }) => published === 4 && stopping.abort(),
  });

  expect(replayText(stopped)).toBe(
    'Replay again is stopped: 4 of 9 events sent. Continue with: schoolbell replay moodle:test --resume again',
  );
  expect(terminalText([barText(stopped)])).toMatch(/█{13}░{17}.* 4\/9 .*5 s left/);
});

test('a command stops sending a replay with an error when another process begins to send this replay', async () => {
  const at = await polledWorld(9);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });
  let taken: Promise<unknown> | undefined;

  const running = runReplayHere(at.ports, at.settings, replay, {
    stop: NEVER,
    onProgress: (latest) => {
      taken ??= changeReplay(at.ports, latest, { state: 'running', writer: 'another' });
    },
  });

  await expect(running).rejects.toThrow(/Another process now sends/);
  await taken;
});
