import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemText } from '../../../cli/views/poll-outcome.ts';
import { eventText } from '../../../consumers/messages/event-text.ts';
import { decideHold } from '../../../functions/core/episodes/hold.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { setWatermark } from '../../../functions/core/operator/operator-changes.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import type { Checkpoint } from '../../../functions/core/state/checkpoint.ts';
import { erased, observed } from '../../support/observed.ts';
import { DAY_MS, HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const COUNT = 100;
const LIMIT = 25;
const ids = Array.from({ length: COUNT }, (_, at) => `p${String(at).padStart(3, '0')}`);
const REMOVED = '2026-03-02T08:30:00.000Z';

async function synced(): Promise<World> {
  const poller = world();
  poller.kombo.pageSize = 10;
  poller.put(...ids.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.bus.notified.length = 0;
  return poller;
}

const remove = (poller: World, some: string[]) =>
  poller.put(...some.map((id) => observed({ id, removedAt: REMOVED })));
const restore = (poller: World, some: string[]) => poller.put(...some.map((id) => observed({ id })));
const settle = (poller: World, by: 'release' | 'discard', owner = `operator-${poller.store.calls.length}`) =>
  withLease(poller.ports, poller.settings, poller.integration, owner, (worker) => decideHold(worker, by));
const notified = (poller: World) => poller.bus.notified.map(({ type }) => type);
const checkpointOf = (poller: World): Checkpoint => poller.store.place().checkpoint;

describe('a mass change', () => {
  test('when the number of removals equals the limit of suspect changes, all removals are published without a hold', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, LIMIT));
    expect(await poller.poll()).toMatchObject({ kind: 'ended', ended: [{ events: LIMIT }] });
    expect(notified(poller)).toEqual([]);
  });

  test('a mass removal is published page by page up to the limit, its later pages are held, and ChangesHeld is published once', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));

    const outcome = await poller.poll();

    expect(outcome).toMatchObject({
      kind: 'held',
      held: {
        waiting: { total: 20, kinds: { removed: 20 }, courses: [{ id: 'c1', changes: 20 }] },
        counting: null,
        limit: LIMIT,
        notice: 'published',
      },
    });
    expect(poller.types()).toHaveLength(20);
    expect(poller.bus.notified).toMatchObject([
      { type: 'ChangesHeld', detail: { waiting: { total: 20 }, sample: ids.slice(20, 30) } },
    ]);

    poller.clock.advance(HOUR_MS);
    expect(await poller.poll()).toMatchObject({ kind: 'held' });
    expect(poller.types()).toHaveLength(20);
    expect(notified(poller)).toEqual(['ChangesHeld']);
  });

  test('removals that many small runs find are held when together they exceed the limit', async () => {
    const poller = await synced();
    for (let at = 0; at < 10; at += 1) {
      remove(poller, ids.slice(at * 5, at * 5 + 5));
      await poller.poll();
      poller.clock.advance(HOUR_MS);
    }
    expect(poller.types()).toHaveLength(LIMIT);
    expect(notified(poller)).toEqual(['ChangesHeld']);
  });

  test('suspect changes of more than 24 hours ago do not count towards the limit', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, LIMIT));
    await poller.poll();
    poller.clock.advance(DAY_MS + HOUR_MS);
    remove(poller, ids.slice(LIMIT, 2 * LIMIT));
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toHaveLength(2 * LIMIT);
  });

  test('a removal of all records during a first sync is held', async () => {
    const poller = world();
    poller.kombo.pageSize = 10;
    poller.put(...ids.map((id) => observed({ id })));
    // A record that cannot be read makes a second pass necessary.
    poller.kombo.rejected = [{ id: 'bad', reason: 'status is not a string' }];
    poller.kombo.beforePage = ({ cursor }) => {
      if (cursor === 'at-90') remove(poller, ids);
    };
    expect(await poller.poll()).toMatchObject({ kind: 'held', held: { mode: 'baseline' } });
    expect(poller.types().length).toBeLessThanOrEqual(LIMIT);
  });

  test.each([
    ['accepts', 0],
    ['refuses', 1],
  ])(
    'held removals are not published on later days without a decision, while Kombo %s the cursor of the held run',
    async (_what, cursorsRefused) => {
      const poller = await synced();
      remove(poller, ids);
      for (let day = 0; day < 5; day += 1) {
        expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 80 } } });
        poller.clock.advance(DAY_MS + HOUR_MS);
        poller.kombo.cursorsRefused = cursorsRefused;
      }
      expect(poller.types()).toHaveLength(20);
    },
  );

  test('the removals that remain after most of the held ones were undone are published up to the limit of the day on which the hold began', async () => {
    const poller = await synced();
    remove(poller, ids);
    await poller.poll();
    poller.clock.advance(DAY_MS + HOUR_MS);
    // One removal remains on each page.
    restore(
      poller,
      ids.slice(20).filter((_id, at) => at % 10 > 0),
    );
    expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 3 } } });
    expect(poller.types()).toHaveLength(LIMIT);
  });

  test('held removals are not published on a later day without a decision when the removals of the first held page were undone', async () => {
    const poller = await synced();
    remove(poller, ids);
    await poller.poll();
    poller.clock.advance(DAY_MS + HOUR_MS);
    restore(poller, ids.slice(20, 30));
    expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 70 } } });
    expect(poller.types()).toHaveLength(20);
  });

  test('in weeks without a decision, no more held removals are published than the limit, whichever of them are undone', async () => {
    const day = fc.record({
      days: fc.integer({ min: 1, max: 20 }),
      undone: fc.array(fc.integer({ min: 0, max: COUNT - 1 }), { maxLength: 40 }),
      cursorsRefused: fc.integer({ min: 0, max: 1 }),
    });
    const property = fc.asyncProperty(
      fc.boolean(),
      fc.array(day, { maxLength: 8 }),
      async (isReconciled, weeks) => {
        const poller = await synced();
        remove(poller, ids);
        for (const record of poller.shown) if (isReconciled) record.updatedAt = 0;
        await poller.poll({ mode: isReconciled ? 'reconcile' : 'incremental' });
        for (const { days, undone, cursorsRefused } of weeks) {
          poller.clock.advance(days * DAY_MS);
          poller.kombo.cursorsRefused = cursorsRefused;
          restore(
            poller,
            undone.flatMap((at) => ids[at] ?? []),
          );
          await poller.poll({ mode: isReconciled ? 'reconcile' : 'incremental' });
          const removals = poller.types().filter((type) => type === 'ProgressionRemoved');
          expect(removals.length).toBeLessThanOrEqual(LIMIT);
        }
      },
    );
    await fc.assert(property, { numRuns: 30 });
  });

  test('held removals are not published on a later day without a decision when a person sets the watermark', async () => {
    const poller = await synced();
    remove(poller, ids);
    await poller.poll();
    poller.clock.advance(DAY_MS + HOUR_MS);
    await withLease(poller.ports, poller.settings, poller.integration, 'operator', async (worker) =>
      setWatermark(worker, '2026-03-01T00:00:00.000Z', { force: false }),
    );
    expect(await poller.poll()).toMatchObject({ kind: 'held' });
    expect(poller.types()).toHaveLength(20);
    expect(notified(poller)).toEqual(['ChangesHeld']);
  });

  test('a release after 14 days also publishes the held removals whose records Kombo has anonymised since', async () => {
    const poller = await synced();
    remove(poller, ids);
    await poller.poll();
    poller.clock.advance(15 * DAY_MS);
    for (const record of poller.shown) record.observed = erased(record.observed.state.id, REMOVED);
    await poller.poll();
    await settle(poller, 'release');
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.types().filter((type) => type === 'ProgressionRemoved')).toHaveLength(COUNT);
  });

  test('discarded removals are neither published nor held again when Kombo anonymises their records 14 days later', async () => {
    const poller = await synced();
    remove(poller, ids);
    await poller.poll();
    await settle(poller, 'discard');
    await poller.poll();
    poller.clock.advance(15 * DAY_MS);
    for (const record of poller.shown) record.observed = erased(record.observed.state.id, REMOVED);
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({ kind: 'ended' });
    expect(poller.types().filter((type) => type === 'ProgressionRemoved')).toHaveLength(20);
  });

  test('after the release of a long hold, a few later removals are a second hold, and the message says that others were published', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 94));
    await poller.poll();
    poller.clock.advance(2 * DAY_MS);
    await settle(poller, 'release');
    remove(poller, ids.slice(94));

    const outcome = await poller.poll();

    expect(notified(poller)).toEqual(['ChangesHeld', 'ChangesReleased', 'ChangesHeld']);
    expect(problemText('moodle:test', outcome)).toContain(
      '6 removed (the limit is 25 in 24 hours, including others that were already published)',
    );
    const [first, , second] = poller.bus.notified.map(({ detail }) => detail);
    expect(second?.id).not.toBe(first?.id);
    expect(eventText('ChangesHeld', second).facts).toContainEqual({
      label: 'Suspect changes allowed per day',
      text: '25, including others that were already published',
    });
  });

  test('a discard publishes nothing when the counted changes have expired with the journal, and the changes are counted again', async () => {
    const poller = await synced();
    remove(poller, ids);
    await poller.poll();
    poller.clock.advance(91 * DAY_MS);
    poller.store.chunks.clear();
    await settle(poller, 'discard');
    expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 80 } } });
    expect(poller.types()).toHaveLength(20);
  });

  test('a hold ends without a decision on a later day when only a few of the held removals remain', async () => {
    const poller = await synced();
    remove(poller, ids);
    expect(await poller.poll()).toMatchObject({ kind: 'held' });
    poller.clock.advance(DAY_MS + HOUR_MS);
    poller.put(...ids.slice(0, 98).map((id) => observed({ id })));
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(notified(poller)).toEqual(['ChangesHeld', 'ChangesReleased']);
  });

  test('a hold continues without a second ChangesHeld when Kombo no longer accepts the cursor of the held run', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));
    for (let day = 0; day < 10; day += 1) {
      expect(await poller.poll()).toMatchObject({ kind: 'held' });
      poller.clock.advance(HOUR_MS);
      poller.kombo.cursorsRefused = 1;
    }
    expect(notified(poller)).toEqual(['ChangesHeld']);
    await settle(poller, 'release');
    await poller.poll();
    expect(new Set(poller.bus.published.map(({ detail }) => detail.id)).size).toBe(40);
  });

  test('when the bus does not accept ChangesHeld, the next poll publishes it with an id that contains the start of the hold', async () => {
    const poller = await synced();
    remove(poller, ids);
    poller.bus.tellFailures = [new TransientError('the bus is away')];
    expect(await poller.poll()).toMatchObject({ kind: 'failed' });
    const since = checkpointOf(poller).held?.since;
    poller.clock.advance(HOUR_MS);
    expect(await poller.poll()).toMatchObject({ kind: 'held' });
    expect(poller.bus.notified).toMatchObject([
      { type: 'ChangesHeld', detail: { id: `moodle:test/held/${since}` } },
    ]);
  });

  test('when the bus did not accept ChangesHeld and the hold then ends, ChangesHeld and ChangesReleased are published', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));
    poller.bus.tellFailures = [new TransientError('the bus is away')];
    await poller.poll();
    restore(poller, ids.slice(20, 40));
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(notified(poller)).toEqual(['ChangesHeld', 'ChangesReleased']);
  });

  test('when a mass change stops a reconciliation and an incremental run, ChangesHeld is published once until a person decides', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));
    for (const record of poller.shown) record.updatedAt = 0;
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({ held: { mode: 'reconcile' } });
    poller.clock.advance(HOUR_MS);
    remove(poller, ids.slice(40));
    expect(await poller.poll()).toMatchObject({ held: { mode: 'incremental' } });
    expect(notified(poller)).toEqual(['ChangesHeld']);

    await settle(poller, 'release');
    expect(await poller.poll()).toMatchObject({ held: { mode: 'reconcile' } });
    await settle(poller, 'release', 'another operator');
    await poller.poll();

    const ended = poller.bus.notified.map(({ type, detail }) => [type, detail.id.split('/').at(-1)]);
    expect(ended).toEqual([
      ['ChangesHeld', ended[0]?.[1]],
      ['ChangesReleased', ended[0]?.[1]],
      ['ChangesHeld', ended[2]?.[1]],
      ['ChangesReleased', ended[2]?.[1]],
    ]);
    expect(ended[2]?.[1]).not.toBe(ended[0]?.[1]);
    expect(poller.types()).toHaveLength(ids.length);
  });

  test('the end of an incremental run does not end the hold of a reconciliation', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));
    for (const record of poller.shown) record.updatedAt = 0;
    await poller.poll({ mode: 'reconcile' });
    poller.clock.advance(HOUR_MS);
    expect(await poller.poll()).toMatchObject({ kind: 'held', ended: [{ mode: 'incremental' }] });
    expect(notified(poller)).toEqual(['ChangesHeld']);
  });

  test('when a poll has no time left to count held changes, the next poll continues the count, and until then a release is refused', async () => {
    const poller = await synced();
    remove(poller, ids);
    const someTime = (pages: number) => {
      let left = pages;
      return () => {
        left -= 1;
        return left > 0;
      };
    };
    expect(await poller.poll({ timeLeft: someTime(10) })).toMatchObject({ kind: 'more' });
    expect(await settle(poller, 'release')).toMatchObject({ result: { kind: 'counting' } });
    expect(notified(poller)).toEqual([]);

    let outcome = await poller.poll({ timeLeft: someTime(3) });
    while (outcome.kind === 'more') outcome = await poller.poll({ timeLeft: someTime(3) });
    expect(outcome).toMatchObject({ kind: 'held', held: { waiting: { total: 80 } } });
    expect(poller.bus.notified).toMatchObject([{ type: 'ChangesHeld', detail: { waiting: { total: 80 } } }]);
  });
});

describe('held changes', () => {
  test('when the platform shows the earlier data again, the hold ends with the reason "resolved"', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));
    await poller.poll();
    restore(poller, ids.slice(20, 40));
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.bus.notified).toMatchObject([
      { type: 'ChangesHeld' },
      { type: 'ChangesReleased', detail: { by: 'resolved' } },
    ]);
    expect(checkpointOf(poller).held).toBeNull();
    expect(poller.types()).toHaveLength(20);
  });

  test('after a release, the held changes are published, and the run ends', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 90));
    await poller.poll();
    expect(await settle(poller, 'release')).toMatchObject({
      done: true,
      result: { kind: 'decided', held: { waiting: { total: 70 } } },
    });
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toEqual(ids.slice(0, 90).map(() => 'ProgressionRemoved'));
    expect(checkpointOf(poller)).toMatchObject({ held: null, run: null });
    expect(notified(poller)).toEqual(['ChangesHeld', 'ChangesReleased']);
  });

  test('a release does not apply to removals that happen after the held removals were counted', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 50));
    await poller.poll();
    await settle(poller, 'release');
    remove(poller, ids.slice(50, 90));
    expect(await poller.poll()).toMatchObject({ kind: 'held' });
    expect(poller.types().length).toBeLessThanOrEqual(50 + LIMIT);
    expect(notified(poller)).toEqual(['ChangesHeld', 'ChangesReleased', 'ChangesHeld']);
  });

  test('discarded removals are not published, not even by a reconciliation, but a later change of such a record is published', async () => {
    const poller = await synced();
    remove(poller, ids.slice(0, 40));
    await poller.poll();
    await settle(poller, 'discard');
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toHaveLength(20);

    poller.clock.advance(DAY_MS * 2);
    remove(poller, ids.slice(20, 40));
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toHaveLength(20);

    poller.put(observed({ id: 'p030', status: 'COMPLETED' }));
    await poller.poll();
    expect(poller.types().slice(20)).toEqual(['CourseCompleted']);
  });

  test('when a poll that publishes released changes is killed at any call, the next poll publishes the remaining changes', async () => {
    for (let at = 1; ; at += 1) {
      const poller = await synced();
      remove(poller, ids.slice(0, 90));
      await poller.poll();
      await settle(poller, 'release');
      const { calls } = await poller.pollWithFault({ at, kind: 'killed', tookEffect: at % 2 === 0 });
      poller.clock.advance(HOUR_MS);
      await poller.poll();
      expect(new Set(poller.bus.published.map(({ detail }) => detail.id)).size).toBe(90);
      expect(checkpointOf(poller)).toMatchObject({ held: null, run: null });
      if (calls.length < at) break;
    }
  });
});

test('a release changes nothing when nothing is held', async () => {
  const poller = await synced();
  expect(await settle(poller, 'release')).toMatchObject({ done: true, result: { kind: 'nothing held' } });
  expect(poller.bus.notified).toEqual([]);
});
