import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import {
  decideEvents as decideAt,
  discarded,
  silenced,
} from '../../../functions/core/decide/decide-events.ts';
import { type Change, knownAfter } from '../../../functions/core/state/journal-entry.ts';
import type { KnownProgression, ObservedProgression } from '../../../functions/core/state/progression.ts';
import { erased, known, observed } from '../../support/observed.ts';

const decideEvents = (before: KnownProgression | null, now: ObservedProgression) =>
  decideAt(before, now, '2026-03-02T08:00:00.000Z');

type Facts = Partial<ProgressionState>;

const DEC = '2025-12-10T10:00:00.000Z';
const JAN = '2026-01-10T10:00:00.000Z';
const FEB = '2026-02-10T10:00:00.000Z';

describe('a change that a silent baseline stores', () => {
  const stored = (before: KnownProgression | null, now: ObservedProgression) => {
    const change = decideEvents(before, now);
    if (change === null) throw new Error('nothing changed');
    return silenced(change);
  };

  test.each<[string, KnownProgression | null, ObservedProgression, Change['unpublishedRemoval']]>([
    ['a removal', known(), observed({ removedAt: FEB }), 'silenced'],
    ['a completion', known(), observed({ status: 'COMPLETED' }), null],
    ['a new record that is already removed', null, observed({ removedAt: FEB }), 'first-seen'],
  ])(
    'in a silent baseline, no event is published for %s, and only a removal is marked as unpublished',
    (_what, before, now, unpublishedRemoval) => {
      expect(stored(before, now)).toMatchObject({ events: [], unpublishedRemoval });
    },
  );
});

describe('an erasure', () => {
  const removed = known({ status: 'COMPLETED', completedAt: JAN, removedAt: FEB });

  test.each([
    ['still shows its removal date', FEB],
    ['no longer shows its removal date', null],
  ])(
    'the erasure of a removed record that %s is published once, and the stored ids of the learner are deleted',
    (_what, removedAt) => {
      const change = decideEvents(removed, erased('p1', removedAt));
      expect(change).toMatchObject({ events: ['LearnerDataErased'], state: removed.state, erased: true });
      expect(change?.learner).toEqual(removed.learner);
      if (change === null) return;
      const after = knownAfter(change, 2);
      expect(after.learner).toEqual({ id: null, remoteId: null });
      expect(decideEvents(after, erased('p1', removedAt))).toBeNull();
    },
  );

  test('when a record shows a removal and an erasure at once, the erasure is published after the removal', () => {
    expect(decideEvents(known(), erased('p1', FEB))?.events).toEqual([
      'ProgressionRemoved',
      'LearnerDataErased',
    ]);
  });
});

describe('a discarded change', () => {
  const discard = (before: Facts, now: ObservedProgression) => {
    const change = decideEvents(known(before), now);
    if (change === null) throw new Error('nothing to discard');
    return discarded(change, known(before));
  };
  const removal = observed({ status: 'ENROLLED', removedAt: FEB });

  test('when a person discards a removal, no event is published, and the stored state remains the last published state', () => {
    expect(discard({}, removal)).toMatchObject({
      events: [],
      state: { removedAt: null },
      discarded: { removedAt: FEB },
    });
  });

  test('a discarded removal is not published when Kombo shows it again with other dates or with null fields', () => {
    const after = knownAfter(discard({}, removal), 2);
    expect(decideEvents(after, removal)).toBeNull();
    expect(
      decideEvents(after, observed({ removedAt: '2026-02-12T00:00:00.000Z', changedAt: FEB })),
    ).toBeNull();
    expect(decideEvents(after, observed({ removedAt: FEB, status: null, enrolledAt: null }))).toBeNull();
  });

  test('when a completion follows a discarded removal, both are published, with the last published state as `previous`', () => {
    const after = knownAfter(discard({}, removal), 2);
    const change = decideEvents(after, observed({ status: 'COMPLETED', completedAt: JAN, removedAt: FEB }));
    expect(change).toMatchObject({
      events: ['CourseCompleted', 'ProgressionRemoved'],
      previous: after.state,
      discarded: null,
    });
  });

  test.each<[string, (date: string) => Facts]>([
    ['EnrollmentCorrected', (enrolledAt) => ({ status: 'COMPLETED', completedAt: FEB, enrolledAt })],
    ['CompletionCorrected', (completedAt) => ({ status: 'COMPLETED', enrolledAt: DEC, completedAt })],
  ])(
    'after a person has discarded a changed date (%s), a further new date is published, with the last published state as `previous`',
    (event, on) => {
      const after = knownAfter(discard(on(FEB), observed(on(JAN))), 2);
      expect(decideEvents(after, observed(on(JAN)))).toBeNull();
      expect(decideEvents(after, observed(on(DEC)))).toMatchObject({
        events: [event],
        previous: after.state,
        discarded: null,
      });
    },
  );

  test('when a discarded removal is undone on the platform, a second removal of the record is published', () => {
    const after = knownAfter(discard({}, removal), 2);
    const gone = decideEvents(after, observed());
    expect(gone).toMatchObject({ events: [], state: after.state, discarded: null });
    if (gone === null) return;
    expect(decideEvents(knownAfter(gone, 3), removal)?.events).toEqual(['ProgressionRemoved']);
  });

  test.each<[string, ObservedProgression]>([
    ['lost its other fields', erased('p1', FEB)],
    ['lost its other fields and its removal date', erased('p1', null)],
    ['still has its fields, without names', { ...removal, namesBlank: true }],
  ])(
    'when Kombo anonymises a record whose removal a person discarded, and the record %s, nothing is published until it returns',
    (_what, anonymised) => {
      const after = knownAfter(discard({}, removal), 2);
      expect(decideEvents(after, anonymised)).toBeNull();
      const returned = decideEvents(after, observed());
      expect(returned).toMatchObject({ events: [], erased: false, discarded: null });
      if (returned === null) return;
      expect(decideEvents(knownAfter(returned, 3), anonymised)?.events[0]).toBe('ProgressionRemoved');
    },
  );

  test('when a person discards the changed date of a removed record, its erasure is published', () => {
    const before = { status: 'COMPLETED', completedAt: JAN, removedAt: FEB } as const;
    const after = knownAfter(discard(before, observed({ ...before, completedAt: DEC })), 2);
    expect(decideEvents(after, erased('p1', FEB))?.events).toEqual(['LearnerDataErased']);
  });

  test('when a person discards the held change of a new record, the state of the record is stored without an event', () => {
    const change = decideEvents(null, observed({ status: 'COMPLETED', completedAt: JAN }));
    if (change === null) throw new Error('a first sight is a change');
    expect(discarded(change, null)).toEqual(silenced(change));
  });
});
