import { describe, expect, test } from 'vitest';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { advance } from '../../../functions/core/journal/commit-entry.ts';
import { type Checkpoint, newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import type { Change, JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import { startRun } from '../../../functions/core/state/run-progress.ts';
import { CANARY, entryOf, observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const AT = '2026-03-02T08:00:00.000Z';
const NOW = Date.parse(AT);
const empty = newCheckpoint('moodle:test');
const checkpoint: Checkpoint = {
  ...empty,
  entry: 4,
  accepted: { entry: 5, indexes: [0] },
  known: 10,
  run: { ...startRun('incremental', AT, empty, AT), events: 3, missed: 1 },
  reconciliation: startRun('reconcile', null, empty, AT),
};
const tally = { firstSeen: 2, suspect: 1, decided: 0, missed: 4 };

function change(state: Parameters<typeof observed>[0] = {}): Change {
  const seen = decideEvents(null, observed(state), AT);
  if (seen === null) throw new Error('a first sight is a change');
  return seen;
}
const entry = (changes: Change[], rest: Partial<JournalEntry> = {}): JournalEntry => ({
  ...entryOf(changes, 5),
  tally,
  ...rest,
});

describe('a checkpoint after an entry', () => {
  test('counts what the entry counts, for its run alone', () => {
    const { reconciliation } = checkpoint;
    expect(advance(checkpoint, entry([change(), { ...change(), events: [] }]), NOW)).toMatchObject({
      entry: 5,
      accepted: null,
      known: 12,
      surge: [{ hour: AT, count: 1 }],
      run: { passChanged: true, events: 4, missed: 5 },
      reconciliation,
    });
    expect(advance(checkpoint, entry([change()], { mode: 'reconcile' }), NOW)).toMatchObject({
      run: checkpoint.run,
      reconciliation: { passChanged: true, events: 1, missed: 4 },
    });
  });

  test('has no run where none is in progress', () => {
    expect(advance({ ...checkpoint, run: null }, entry([change()]), NOW).run).toBeNull();
  });

  test('knows that the pass changed something, once it did', () => {
    const fence = entry([]);
    expect(advance(checkpoint, fence, NOW).run?.passChanged).toBe(false);
    const changed = advance(checkpoint, entry([change()]), NOW);
    expect(advance(changed, fence, NOW).run?.passChanged).toBe(true);
  });

  test('knows whether the platform ever showed an enrolment date', () => {
    const undated = change({ enrolledAt: null });
    const without = advance(checkpoint, entry([undated]), NOW);
    expect(without.hasEnrolmentDates).toBe(false);
    const dated = advance(without, entry([undated, change()]), NOW);
    expect(dated.hasEnrolmentDates).toBe(true);
    expect(advance(dated, entry([undated]), NOW).hasEnrolmentDates).toBe(true);
  });
});

/** A deployment that includes details, whose worker died between the append of an entry and its events. */
async function cutOff(): Promise<World> {
  for (let at = 1; ; at += 1) {
    const it = world({ mode: 'silent' }, { learnerDetails: 'include' });
    await it.poll();
    it.clock.advance(HOUR_MS);
    it.put(observed());
    const { calls } = await it.pollWithFault({ at, kind: 'killed', tookEffect: true });
    it.clock.advance(HOUR_MS);
    if (calls.at(-1)?.endsWith('appendEntry')) return it;
  }
}

test('recovery asks Kombo for the details that the dead worker had in hand', async () => {
  const it = await cutOff();
  await it.poll();
  expect(it.bus.published.at(-1)?.detail.learner).toMatchObject({ lastName: CANARY });
});

test('recovery publishes without details when Kombo no longer knows the integration', async () => {
  const it = await cutOff();
  it.kombo.readByIds = async () => {
    throw new IntegrationError('Kombo answered PLATFORM.INTEGRATION_NOT_FOUND');
  };
  await it.poll();
  expect(it.bus.published.at(-1)?.detail.learner).toMatchObject({ firstName: null, lastName: null });
});

test('recovery waits for details that Kombo cannot give at the moment', async () => {
  const it = await cutOff();
  it.kombo.readByIds = async () => {
    throw new TransientError('Kombo answered 503');
  };
  expect(await it.poll()).toMatchObject({ kind: 'failed' });
  expect(it.bus.published).toEqual([]);
});
