import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { eventsOfEntry } from '../../../functions/core/decide/events-of-entry.ts';
import { knownAfter } from '../../../functions/core/state/journal-entry.ts';
import type { KnownProgression, ObservedProgression } from '../../../functions/core/state/progression.ts';
import { entryOf, erased, known, observed } from '../../support/observed.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const EARLIER = '2026-02-01T12:00:00.000Z';
const JAN = '2026-01-10T10:00:00.000Z';

const decide = (before: KnownProgression | null, record: ObservedProgression, at = NOW) =>
  decideEvents(before, record, at);
const eventsOf = (before: KnownProgression | null, record: ObservedProgression) =>
  decide(before, record)?.events ?? [];
function afterwards(before: KnownProgression | null, record: ObservedProgression): KnownProgression {
  const change = decide(before, record);
  if (change === null) throw new Error('nothing changed');
  return knownAfter(change, (before?.entry ?? 0) + 1);
}

describe('a known record that comes back with only its id', () => {
  test('when Kombo shows only the id of a known record, its removal and then its erasure are each published once', () => {
    const change = decide(known(), erased());
    expect(change).toMatchObject({
      events: ['ProgressionRemoved', 'LearnerDataErased'],
      state: { status: 'ENROLLED', removedAt: NOW },
      erased: true,
    });
    expect(decide(afterwards(known(), erased()), erased(), '2026-03-09T08:00:00.000Z')).toBeNull();
  });

  test('after Kombo showed only the id of a record, the restoration of the record and its second erasure are published', () => {
    const gone = afterwards(known(), erased());
    expect(eventsOf(gone, observed())).toEqual(['ProgressionRestored']);
    const back = afterwards(gone, observed());
    expect(back).toMatchObject({ erased: false, learner: observed().learner });
    expect(eventsOf(back, erased())).toEqual(['ProgressionRemoved', 'LearnerDataErased']);
  });
});

test('when an erased record returns, is removed and is erased again, the second erasure is published', () => {
  const removed = afterwards(known(), observed({ removedAt: JAN }));
  const returned = afterwards(afterwards(removed, erased('p1', JAN)), observed());
  const again = afterwards(returned, observed({ removedAt: EARLIER }));
  expect(eventsOf(again, erased('p1', EARLIER))).toEqual(['LearnerDataErased']);
});

describe('a removal without a usable date', () => {
  const record = observed({ removedAt: null }, { removed: true });

  test('a removal without a usable date gets the time of its first detection as its date', () => {
    const removed = afterwards(known(), record);
    expect(removed.state.removedAt).toBe(NOW);
    expect(decide(removed, record, '2026-03-09T08:00:00.000Z')).toBeNull();
    const later = observed({ status: 'COMPLETED' }, { removed: true });
    expect(decide(removed, later, '2026-03-09T08:00:00.000Z')?.state.removedAt).toBe(NOW);
  });
});

describe('a removed record without names', () => {
  const nameless = (removedAt: string) =>
    observed(
      { removedAt },
      { namesBlank: true, learnerDetails: { firstName: null, lastName: ' ', email: '' } },
    );

  test.each<[string, string, string[]]>([
    [
      'a removed record without names counts as erased 14 days after its removal',
      '2026-02-16T08:00:00.000Z',
      ['LearnerDataErased'],
    ],
    [
      'a removed record without names does not count as erased 1 ms less than 14 days after its removal',
      '2026-02-16T08:00:00.001Z',
      [],
    ],
  ])('%s', (_what, removedAt, events) => {
    expect(eventsOf(known({ removedAt }), nameless(removedAt))).toEqual(events);
  });

  test('when the names of a removed record disappear, LearnerDataErased is published once, even if Kombo later shows the names again', () => {
    const before = afterwards(known({ removedAt: JAN }), nameless(JAN));
    expect(before.learner).toEqual({ id: null, remoteId: null });
    expect(decide(before, nameless(JAN))).toBeNull();
    expect(decide(before, observed({ removedAt: JAN }))).toBeNull();
  });

  test('a record without names that is not removed does not count as erased', () => {
    expect(eventsOf(known(), observed({}, { namesBlank: true }))).toEqual([]);
  });
});

describe('a removal that was not published', () => {
  const before = known({ removedAt: JAN }, { unpublishedRemoval: 'silenced' });

  test('the mark of an unpublished removal is kept when the removed record changes', () => {
    const change = decide(before, observed({ status: 'COMPLETED', removedAt: JAN }));
    expect(change?.unpublishedRemoval).toBe('silenced');
  });

  test('the mark of an unpublished removal is deleted when the record returns', () => {
    expect(decide(before, observed())?.unpublishedRemoval).toBeNull();
  });
});

describe('a record that is already removed when it is first read', () => {
  const completed: Partial<ProgressionState> = { status: 'COMPLETED', completedAt: EARLIER };
  const first = afterwards(null, observed({ ...completed, removedAt: JAN }));

  test('a record that is already removed at its first read publishes nothing while it is removed, even if its status changes', () => {
    expect(eventsOf(null, observed({ ...completed, removedAt: JAN }))).toEqual([]);
    expect(decide(first, observed({ status: 'DROPPED', removedAt: JAN }))).toBeNull();
  });

  test('a record that was already removed at its first read publishes and stores nothing when it is read again unchanged', () => {
    expect(decide(first, observed({ ...completed, removedAt: JAN }))).toBeNull();
  });

  test('when a record that was already removed at its first read returns, its completion and then its restoration are published', () => {
    const change = decide(first, observed(completed));
    expect(change?.events).toEqual(['CourseCompleted', 'ProgressionRestored']);
    if (change === null) return;
    const [completion, restoration] = eventsOfEntry(entryOf([change]), null);
    expect(completion?.detail).toMatchObject({ previous: { status: null }, occurredAt: EARLIER });
    expect(restoration?.detail.previous).toEqual(completion?.detail.progression);
  });

  test('when a record that was already removed at its first read is erased, the erasure is published', () => {
    expect(eventsOf(first, erased('p1', JAN))).toEqual(['LearnerDataErased']);
  });

  test('the events of a record that was already removed at its first read form an unbroken chain when it is erased, changes and returns', () => {
    const gone = afterwards(first, erased('p1', JAN));
    expect(decide(gone, observed({ status: 'DROPPED', removedAt: JAN }))).toBeNull();
    const returned = decide(gone, observed({ status: 'DROPPED' }));
    expect(returned?.events).toEqual(['LearnerDropped', 'ProgressionRestored']);
    expect(returned?.previous).toEqual(gone.state);
  });
});
