import { expect, test } from 'vitest';
import { IntegrationError, TransientError, WaitingError } from '../../../functions/core/errors.ts';
import { changeReplay, refuseOrder } from '../../../functions/core/replay/order-replay.ts';
import { CANARY } from '../../support/observed.ts';
import { ALWAYS, polledWorld } from '../../support/replay-world.ts';

test("a replay publishes the same events in the same order, and adds the replay's id, reason and consumer to each event", async () => {
  const at = await polledWorld(9);
  const replay = await at.order(await at.plan(ALWAYS));

  const outcome = await at.run(replay);

  const mark = { id: 'again', reason: 'a test', consumer: 'certificates' };
  expect(at.replayed()).toEqual(
    at.live().map(({ type, detail }) => ({ type, detail: { ...detail, replay: mark } })),
  );
  expect(outcome).toMatchObject({
    kind: 'ended',
    replay: { state: 'finished', events: 9, published: 9, refused: 0 },
  });
});

test('the events of a replay for every consumer have no field `consumer`', async () => {
  const at = await polledWorld(2);
  await at.run(await at.order(await at.plan(ALWAYS), { consumer: null }));

  const mark = { id: 'again', reason: 'a test' };
  expect(at.replayed().map(({ detail }) => detail.replay)).toEqual([mark, mark]);
});

test('a replay publishes ReplayStarted before all events and ReplayFinished after all events', async () => {
  const at = await polledWorld(4);
  const replay = await at.order(await at.plan(ALWAYS, { types: ['LearnerEnrolled'] }));
  await at.run(replay);

  const frame = { replay: { id: 'again', reason: 'a test', consumer: 'certificates' } };
  expect(at.bus.notified.slice(-2)).toMatchObject([
    {
      type: 'ReplayStarted',
      detail: { ...frame, id: 'moodle:test/replay/again/started', ...ALWAYS, source: 'journal', events: 3 },
    },
    {
      type: 'ReplayFinished',
      detail: { ...frame, id: 'moodle:test/replay/again/finished', events: 3, published: 3, missing: 0 },
    },
  ]);
});

test('a replay does not change the watermark, the journal or the known states', async () => {
  const at = await polledWorld(9);
  const state = () => JSON.stringify([at.store.place(), [...at.store.known], [...at.store.journal]]);
  const before = state();

  await at.run(await at.order(await at.plan(ALWAYS)));

  expect(state()).toBe(before);
});

test('a replay with the option `asLive` publishes the events exactly as they were first published, without the mark of a replay', async () => {
  const at = await polledWorld(6);
  const before = at.live();
  const replay = await at.order(await at.plan(ALWAYS), { asLive: true, consumer: null });

  await at.run(replay);

  expect(at.live()).toEqual([...before, ...before]);
});

test('the events of a replay have the present learner details, or null for a learner whom Kombo no longer has', async () => {
  const at = await polledWorld(3, { learnerDetails: 'include' });
  at.shown.splice(0, 1);

  await at.run(await at.order(await at.plan(ALWAYS)));

  const names = at.replayed().map(({ detail }) => detail.learner.lastName);
  expect(names).toEqual([null, CANARY, CANARY]);
  expect(JSON.stringify(await at.ports.replays.readReplays(at.integration.id))).not.toContain(CANARY);
});

test('a replay sends events without learner details when Kombo no longer knows the integration', async () => {
  const at = await polledWorld(3, { learnerDetails: 'include' });
  const replay = await at.order(await at.plan(ALWAYS));
  at.kombo.readByIds = async () => {
    throw new IntegrationError('Kombo returned PLATFORM.INTEGRATION_NOT_FOUND');
  };

  expect(await at.run(replay)).toMatchObject({ replay: { state: 'finished', published: 3 } });

  for (const { detail } of at.replayed()) {
    expect(detail.learner).toMatchObject({ firstName: null, lastName: null, email: null });
  }
});

test.each([new TransientError('Kombo returned 503'), new WaitingError('Kombo returned SETUP_INCOMPLETE')])(
  'while Kombo cannot return the learner details (%s), a replay sends nothing and keeps the state "running"',
  async (failure) => {
    const at = await polledWorld(3, { learnerDetails: 'include' });
    const replay = await at.order(await at.plan(ALWAYS));
    at.kombo.readByIds = async () => {
      throw failure;
    };

    expect(await at.run(replay)).toMatchObject({
      kind: 'failed',
      replay: { state: 'running', published: 0 },
    });
    expect(at.replayed()).toEqual([]);
  },
);

test('an event of a replay that the bus refuses permanently is counted as refused and is not set aside', async () => {
  const at = await polledWorld(5);
  at.bus.refusal = ({ detail }) => (detail.journal?.entry === 2 ? 'EventTooLarge' : null);

  const outcome = await at.run(await at.order(await at.plan(ALWAYS)));

  expect(outcome).toMatchObject({ replay: { state: 'finished', published: 4, refused: 1 } });
  expect(at.store.aside).toEqual([]);
});

test('a replay with a rate of 2 sends at most 2 events per second', async () => {
  const at = await polledWorld(21);
  const begun = at.clock.read();

  await at.run(await at.order(await at.plan(ALWAYS), { rate: 2 }));

  expect(at.clock.read() - begun).toBe(10_000);
});

test('after a slow batch, a replay sends the remaining events no faster than its rate', async () => {
  const at = await polledWorld(21);
  const begun = at.clock.read();
  let isFirst = true;
  at.bus.refusal = () => {
    if (isFirst) at.clock.advance(5_000);
    isFirst = false;
    return null;
  };

  await at.run(await at.order(await at.plan(ALWAYS), { rate: 2 }));

  expect(at.clock.read() - begun).toBe(14_000);
});

test('a replay that has no time left stops, and the next call sends the remaining events', async () => {
  const at = await polledWorld(9);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });
  let batches = 4;

  const first = await at.run(replay, { timeLeft: () => batches-- > 0 });
  expect(first).toMatchObject({ kind: 'more', replay: { state: 'running', published: 4 } });
  await at.run(replay);

  expect(at.replayed().map(({ detail }) => detail.id)).toEqual(at.live().map(({ detail }) => detail.id));
  expect(at.bus.notified.filter(({ type }) => type === 'ReplayStarted')).toHaveLength(1);
});

test('a replay that has no time left continues after the entries that it read, even if it selected none of their events', async () => {
  const at = await polledWorld(210);
  at.happen({ progression: 0, status: 'DROPPED', course: 0, minutes: 1 });
  await at.poll();
  const replay = await at.order(await at.plan(ALWAYS, { types: ['LearnerDropped'] }));
  let batches = 1;

  const first = await at.run(replay, { timeLeft: () => batches-- > 0 });
  expect(first).toMatchObject({ kind: 'more', replay: { published: 0, position: { entry: 100 } } });
  await at.run(replay);

  expect(at.replayed().map(({ detail }) => detail.journal?.entry)).toEqual([211]);
});

test('a replay continues after a transient failure, but stops after any other failure until a person resumes the replay', async () => {
  const at = await polledWorld(6);
  const replay = await at.order(await at.plan(ALWAYS));
  at.bus.fails = ({ detail }) => detail.journal?.entry === 3;
  at.bus.refusal = ({ detail }) => (detail.journal?.entry === 5 ? 'EventTooLarge' : null);
  at.bus.failure = new TransientError('busy');
  // The bus accepts or refuses the events 4 and 5 too. They are counted when they are sent again.
  expect(await at.run(replay)).toMatchObject({
    kind: 'failed',
    replay: { state: 'running', published: 2, refused: 0, failure: { message: 'busy' } },
  });
  at.bus.failure = new IntegrationError('wrong');
  expect(await at.run(replay)).toMatchObject({ kind: 'failed', replay: { state: 'stopped' } });
  at.bus.fails = () => false;
  expect(await at.run(replay)).toMatchObject({ kind: 'ended', replay: { state: 'stopped' } });

  const stored = await at.ports.replays.readReplay(at.integration.id, replay.id);
  if (stored === null) throw new Error('it is there');
  const stopped = await changeReplay(at.ports, stored, { state: 'stopped', writer: 'operator' });
  expect(stopped).toMatchObject({ failure: { message: 'wrong' } });
  const resumed = await changeReplay(at.ports, stopped, { state: 'running', writer: 'operator' });
  expect(resumed.failure).toBeNull();

  expect(await at.run(replay)).toMatchObject({
    kind: 'ended',
    replay: { state: 'finished', published: 5, refused: 1, failure: null },
  });
  expect(new Set(at.replayed().map(({ detail }) => detail.journal?.entry))).toEqual(new Set([1, 2, 3, 4, 6]));
});

test('a person can stop a replay while it runs', async () => {
  const at = await polledWorld(6);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });
  at.bus.refusal = ({ detail }) => {
    if (detail.journal?.entry === 3)
      void changeReplay(at.ports, replay, { state: 'stopped', writer: 'operator' });
    return null;
  };

  expect(await at.run(replay)).toMatchObject({ kind: 'ended', replay: { state: 'stopped', published: 2 } });
});

test('when two processes run the same replay at the same time, one of them sends all events and the other stops', async () => {
  const at = await polledWorld(9);
  const replay = await at.order(await at.plan(ALWAYS), { rate: 1 });

  const outcomes = await Promise.all([at.run(replay), at.run(replay)]);

  expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['ended', 'superseded']);
  const ids = at.replayed().map(({ detail }) => detail.id);
  expect([...new Set(ids)]).toEqual(at.live().map(({ detail }) => detail.id));
});

test('an event that retention removed after the replay was planned is counted as missing in ReplayFinished', async () => {
  const at = await polledWorld(5);
  const replay = await at.order(await at.plan(ALWAYS));
  at.store.journal.delete(1);

  await at.run(replay);

  expect(at.bus.notified.at(-1)).toMatchObject({ detail: { events: 5, published: 4, missing: 1 } });
});

test('running a replay that is not stored has the outcome "unknown"', async () => {
  expect(await (await polledWorld(1)).run({ id: 'other' })).toEqual({ kind: 'unknown' });
});

test('a replay is refused when its options contradict each other or its rate is zero', async () => {
  const plan = await (await polledWorld(1)).plan(ALWAYS);
  const order = { id: 'r', reason: '', consumer: null, asLive: false, rate: 10, writer: 'w' };

  expect(refuseOrder(plan, order)).toBeNull();
  expect(refuseOrder(plan, { ...order, asLive: true, consumer: 'certificates' })).toMatch(/--consumer/);
  expect(refuseOrder(plan, { ...order, rate: 0 })).toMatch(/--rate/);
});
