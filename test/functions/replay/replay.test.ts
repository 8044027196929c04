import { expect, test } from 'vitest';
import type { ReplayMessage } from '../../../functions/contract/messages.ts';
import { IntegrationError } from '../../../functions/core/errors.ts';
import type { ReplayOutcome } from '../../../functions/core/replay/run-replay.ts';
import { replayHandler } from '../../../functions/replay/handler.ts';
import { ALWAYS, polledWorld, type ReplayWorld } from '../../support/replay-world.ts';

/**
 * Creates the replay function and its queue. Each invocation has `seconds` for sending, in addition to the
 * time that the function reserves to finish.
 */
function replayFunction(at: ReplayWorld, seconds: number) {
  const waiting: ReplayMessage[] = [];
  const reports: ReplayOutcome['kind'][] = [];
  const handle = replayHandler({
    ports: at.ports,
    settings: at.settings,
    queue: { send: async (messages) => void waiting.push(...messages) },
    report: (_message, outcome) => reports.push(outcome.kind),
  });
  const invoke = (message: ReplayMessage) => {
    const end = at.clock.read() + seconds * 1000 + 60_000;
    return handle(
      { Records: [{ body: JSON.stringify(message) }] },
      { getRemainingTimeInMillis: () => end - at.clock.read() },
    );
  };
  return { waiting, reports, invoke };
}

test('a replay that is too long for one invocation sends all events in order in several invocations', async () => {
  const at = await polledWorld(30);
  const { id } = await at.order(await at.plan(ALWAYS), { rate: 1 });
  const replay = replayFunction(at, 7);

  replay.waiting.push({ integration: at.integration.id, replay: id });
  for (let message = replay.waiting.shift(); message; message = replay.waiting.shift()) {
    await replay.invoke(message);
  }

  expect(replay.reports).toEqual(['more', 'more', 'more', 'ended']);
  expect(at.replayed().map(({ detail }) => detail.id)).toEqual(at.live().map(({ detail }) => detail.id));
});

test('after a temporary failure and a pause, the replay function continues the replay in the same invocation', async () => {
  const at = await polledWorld(3);
  const { id } = await at.order(await at.plan(ALWAYS));
  const replay = replayFunction(at, 100);
  const begun = at.clock.read();
  at.bus.fails = () => at.clock.read() < begun + 50_000;

  await replay.invoke({ integration: at.integration.id, replay: id });

  expect(replay.reports).toEqual(['ended']);
  expect(at.clock.read()).toBe(begun + 60_000);
});

test('the replay function throws an error after a temporary failure, so that the queue retries, but not after a failure that needs a person', async () => {
  const at = await polledWorld(3);
  const { id } = await at.order(await at.plan(ALWAYS));
  const replay = replayFunction(at, 100);
  const message = { integration: at.integration.id, replay: id };
  at.bus.fails = () => true;

  await expect(replay.invoke(message)).rejects.toThrow(/the bus did not take it/);
  at.bus.failure = new IntegrationError('wrong');
  await replay.invoke(message);

  expect(replay.reports).toEqual(['failed', 'failed']);
  expect(replay.waiting).toEqual([]);
});

test('the replay function sends no event for a message about a replay that is finished or not stored', async () => {
  const at = await polledWorld(3);
  const { id } = await at.order(await at.plan(ALWAYS));
  const replay = replayFunction(at, 60);
  await replay.invoke({ integration: at.integration.id, replay: id });
  const published = at.bus.published.length;

  await replay.invoke({ integration: at.integration.id, replay: id });
  await replay.invoke({ integration: at.integration.id, replay: 'other' });

  expect(replay.reports).toEqual(['ended', 'ended', 'unknown']);
  expect(at.bus.published).toHaveLength(published);
});
