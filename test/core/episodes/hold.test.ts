import { describe, expect, test } from 'vitest';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import type { Decision } from '../../../functions/core/decide/decide-page.ts';
import {
  countingOf,
  endHold,
  exceedsLimit,
  isCounted,
  newHold,
  withoutCount,
} from '../../../functions/core/episodes/hold.ts';
import { NOTHING_WAITS } from '../../../functions/core/episodes/waiting-count.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import {
  type Checkpoint,
  type Held,
  newCheckpoint,
  type Run,
} from '../../../functions/core/state/checkpoint.ts';
import { EMPTY_TALLY } from '../../../functions/core/state/journal-entry.ts';
import { startRun } from '../../../functions/core/state/run-progress.ts';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { DAY_MS } from '../../support/test-clock.ts';
import { SETTINGS } from '../../support/world.ts';

const AT = '2026-03-02T08:00:00.000Z';
const LATER = '2026-03-02T09:00:00.000Z';

const empty: Checkpoint = { ...newCheckpoint('moodle:test'), known: 100, watermark: AT };
const run: Run = { ...startRun('incremental', AT, empty, AT), cursor: 'at-20', pass: 2 };
const held: Held = {
  since: AT,
  mode: 'incremental',
  waiting: NOTHING_WAITS,
  sample: [],
  limit: 25,
  surge: 0,
  stoppedAt: { startedAt: AT, pass: 2, cursor: 'at-20' },
  counting: null,
  chunks: ['a stored chunk'],
  notice: 'published',
};
const counting: Held = { ...held, counting: { ...run, cursor: 'at-40' } };

/** Returns a decision about an ordinary change and one about a suspect change. */
function decisions(): [Decision, Decision] {
  const record = observed();
  const change = decideEvents(null, record, AT);
  if (change === null) throw new Error('a first sight is a change');
  const ordinary = { change, tally: EMPTY_TALLY, suspect: null, learnerDetails: record.learnerDetails };
  return [ordinary, { ...ordinary, tally: { ...EMPTY_TALLY, suspect: 1 }, suspect: 'firstSeenOld' }];
}

describe('the count of a hold', () => {
  test('the count of held changes is used while the held run is at the pass and page where it stopped', () => {
    expect(isCounted(held, run)).toBe(true);
    expect(countingOf({ ...empty, held: counting, run }, 'run')).toEqual(counting.counting);
  });

  test.each<[string, Run | null]>([
    ['has ended', null],
    ['began at another time', { ...run, startedAt: LATER }],
    ['is in another pass', { ...run, pass: 1 }],
    ['continues at another page', { ...run, cursor: 'at-30' }],
  ])('the count of held changes is not used for a run that %s', (_what, other) => {
    expect(isCounted(held, other)).toBe(false);
    expect(countingOf({ ...empty, held: counting, run: other }, 'run')).toBeNull();
  });

  test('the count of held changes is not treated as complete while the counting goes on, or when it must start over', () => {
    expect(isCounted(counting, run)).toBe(false);
    expect(isCounted({ ...held, stoppedAt: null }, run)).toBe(false);
    expect(countingOf({ ...empty, held, run }, 'run')).toBeNull();
  });

  test('the count of held changes of an incremental run is not used for a reconciliation at the same page', () => {
    const checkpoint = {
      ...empty,
      held: counting,
      run,
      reconciliation: { ...run, mode: 'reconcile' as const },
    };
    expect(countingOf(checkpoint, 'reconciliation')).toBeNull();
    expect(withoutCount(checkpoint, 'reconciliation')).toEqual(checkpoint);
  });

  test('when a held run starts over, the count of its held changes is deleted', () => {
    const checkpoint = withoutCount({ ...empty, held: counting, run }, 'run');
    expect(checkpoint.held).toEqual({ ...counting, stoppedAt: null, counting: null, chunks: [] });
    expect(withoutCount(empty, 'run')).toEqual(empty);
  });
});

describe('the limit of suspect changes', () => {
  const [ordinary, suspect] = decisions();
  const now = Date.parse(AT);
  const passed = (count: number): Checkpoint => ({ ...empty, surge: [{ hour: AT, count }] });

  test.each<[number, number, boolean]>([
    [0, 25, false],
    [0, 26, true],
    [24, 1, false],
    [25, 1, true],
  ])(
    'after %i suspect changes on the same day, `exceedsLimit` for a page with %i more returns %s when the limit is 25',
    (before, count, tooMany) => {
      const page = [ordinary, ...Array.from({ length: count }, () => suspect)];
      expect(exceedsLimit(page, 'incremental', passed(before), SETTINGS, now)).toBe(tooMany);
      expect(exceedsLimit(page, 'incremental', passed(before), SETTINGS, now + 2 * DAY_MS)).toBe(count > 25);
    },
  );

  test('an ordinary change is not held, even if more suspect changes than the limit were published before', () => {
    expect(exceedsLimit([ordinary], 'incremental', passed(1_000), SETTINGS, now)).toBe(false);
  });
});

describe('a new hold', () => {
  const stoppedAgain = async (before: Held | null) => {
    const poller = await synced();
    const done = await withLease(
      poller.ports,
      poller.settings,
      poller.integration,
      'operator',
      async (worker) => newHold({ ...worker, checkpoint: { ...empty, held: before } }, run),
    );
    if (!done.done) throw new Error('a poll holds the lease');
    return { hold: done.result, now: new Date(poller.clock.read()).toISOString() };
  };

  test('a new hold begins to count held changes at the page where its run stopped', async () => {
    const { hold, now } = await stoppedAgain(null);
    expect(hold).toEqual({ ...held, since: now, counting: run, chunks: [], notice: 'none' });
  });

  test('when a reconciliation is already held, a hold of the incremental run continues the same episode', async () => {
    const { hold } = await stoppedAgain({ ...held, mode: 'reconcile' });
    expect(hold).toMatchObject({ since: AT, mode: 'incremental', notice: 'published', chunks: [] });
  });
});

test('ending a hold publishes no event when nothing is held', async () => {
  const poller = await synced();
  await withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
    endHold(worker, 'resolved'),
  );
  expect(poller.bus.notified).toEqual([]);
});

test('when a hold ends before its changes are completely counted, neither ChangesHeld nor ChangesReleased is published', async () => {
  const ids = Array.from({ length: 100 }, (_, at) => `p${String(at).padStart(3, '0')}`);
  const poller = await synced(ids);
  poller.kombo.pageSize = 10;
  poller.put(...ids.map((id) => observed({ id, removedAt: AT })));
  let calls = 0;
  const timeLeft = () => {
    calls += 1;
    return calls < 8;
  };
  expect(await poller.poll({ timeLeft })).toMatchObject({ kind: 'more' });
  expect(poller.store.place().checkpoint.held).toMatchObject({ notice: 'none', waiting: { total: 20 } });
  poller.put(...ids.slice(20).map((id) => observed({ id })));
  poller.kombo.cursorsRefused = 1;
  expect(await poller.poll()).toMatchObject({ kind: 'ended' });
  expect(poller.store.place().checkpoint.held).toBeNull();
  expect(poller.bus.notified).toEqual([]);
});
