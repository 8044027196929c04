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

describe('the checkpoint after an entry', () => {
  test('in the checkpoint, the counts of a journal entry are added only to the run that wrote the entry', () => {
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

  test('a journal entry that is written while no run is in progress adds no run to the checkpoint', () => {
    expect(advance({ ...checkpoint, run: null }, entry([change()]), NOW).run).toBeNull();
  });

  test('an entry with changes marks the pass in the checkpoint as changed, and an empty entry neither sets nor clears the mark', () => {
    const fence = entry([]);
    expect(advance(checkpoint, fence, NOW).run?.passChanged).toBe(false);
    const changed = advance(checkpoint, entry([change()]), NOW);
    expect(advance(changed, fence, NOW).run?.passChanged).toBe(true);
  });

  test('after an entry with an enrolment date, the checkpoint records permanently that the platform sends enrolment dates', () => {
    const undated = change({ enrolledAt: null });
    const without = advance(checkpoint, entry([undated]), NOW);
    expect(without.hasEnrolmentDates).toBe(false);
    const dated = advance(without, entry([undated, change()]), NOW);
    expect(dated.hasEnrolmentDates).toBe(true);
    expect(advance(dated, entry([undated]), NOW).hasEnrolmentDates).toBe(true);
  });
});

/**
 * Creates an integration with learner details, whose worker died after it appended an entry and before it
 * published the entry.
 */
async function cutOff(): Promise<World> {
  for (let at = 1; ; at += 1) {
    const poller = world({ mode: 'silent' }, { learnerDetails: 'include' });
    await poller.poll();
    poller.clock.advance(HOUR_MS);
    poller.put(observed());
    const { calls } = await poller.pollWithFault({ at, kind: 'killed', tookEffect: true });
    poller.clock.advance(HOUR_MS);
    if (calls.at(-1)?.endsWith('appendEntry')) return poller;
  }
}

test('the recovery of an unpublished journal entry reads the learner details again from Kombo', async () => {
  const poller = await cutOff();
  await poller.poll();
  expect(poller.bus.published.at(-1)?.detail.learner).toMatchObject({ lastName: CANARY });
});

test('the recovery of an entry publishes its events without learner details when the deployment omits them', async () => {
  const poller = await cutOff();
  poller.settings.learnerDetails = 'omit';
  await poller.poll();
  expect(poller.bus.published.at(-1)?.detail.learner).toEqual(observed().learner);
});

test('the recovery of an entry publishes its events without learner details when Kombo Kombo no longer knows the integration', async () => {
  const poller = await cutOff();
  poller.kombo.readByIds = async () => {
    throw new IntegrationError('Kombo returned PLATFORM.INTEGRATION_NOT_FOUND');
  };
  await poller.poll();
  expect(poller.bus.published.at(-1)?.detail.learner).toMatchObject({ firstName: null, lastName: null });
});

test('the recovery of an unpublished entry fails and publishes nothing while Kombo temporarily cannot return the learner details', async () => {
  const poller = await cutOff();
  poller.kombo.readByIds = async () => {
    throw new TransientError('Kombo returned 503');
  };
  expect(await poller.poll()).toMatchObject({ kind: 'failed' });
  expect(poller.bus.published).toEqual([]);
});
