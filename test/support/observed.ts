import type { ProgressionState } from '../../functions/contract/event-parts.ts';
import type { JournalEntry } from '../../functions/core/state/journal-entry.ts';
import type { KnownProgression, ObservedProgression } from '../../functions/core/state/progression.ts';

/** A text in the details of every learner. Nothing that is stored may contain it. */
export const CANARY = 'canary-of-personal-data';

/** Returns the record of an enrolled learner, with some fields replaced. */
export function observed(
  state: Partial<ProgressionState> = {},
  rest: Partial<Omit<ObservedProgression, 'state'>> = {},
): ObservedProgression {
  const id = state.id ?? 'p1';
  return {
    state: {
      id,
      remoteId: `remote-${id}`,
      status: 'ENROLLED',
      enrolledAt: '2026-02-01T09:00:00.000Z',
      completedAt: null,
      changedAt: '2026-02-01T09:05:00.000Z',
      removedAt: null,
      ...state,
    },
    removed: (state.removedAt ?? null) !== null,
    unknownStatus: null,
    learner: { id: `learner-of-${id}`, remoteId: '32' },
    learnerDetails: { firstName: `Ada ${CANARY}`, lastName: CANARY, email: `${CANARY}@example.com` },
    namesBlank: false,
    course: { id: 'c1', remoteId: '7', revisionId: 'r1', revisionRemoteId: '7-1', title: 'Fire safety' },
    erased: false,
    ...rest,
  };
}

/** Returns a removed record of which Kombo has kept only the id. */
export function erased(id = 'p1', removedAt: string | null = null): ObservedProgression {
  return observed(
    { id, remoteId: null, status: null, enrolledAt: null, completedAt: null, changedAt: null, removedAt },
    {
      learner: { id: null, remoteId: null },
      learnerDetails: { firstName: null, lastName: null, email: null },
      namesBlank: true,
      course: { id: null, remoteId: null, revisionId: null, revisionRemoteId: null, title: null },
      erased: true,
    },
  );
}

/** Returns the known state after a record was seen for the first time. */
export function known(
  state: Partial<ProgressionState> = {},
  rest: Partial<Omit<KnownProgression, 'state'>> = {},
): KnownProgression {
  const { state: full, learner, course } = observed(state);
  const { title: _title, ...place } = course;
  return {
    state: full,
    learner,
    course: place,
    erased: false,
    discarded: null,
    unpublishedRemoval: null,
    entry: 1,
    ...rest,
  };
}

/** Returns a journal entry with these changes. */
export function entryOf(changes: JournalEntry['changes'], number = 1): JournalEntry {
  return {
    integration: 'moodle:test',
    number,
    detectedAt: '2026-03-02T08:00:00.000Z',
    mode: 'incremental',
    updatedAfter: null,
    writer: 'test',
    changes,
    tally: { firstSeen: 0, suspect: 0, decided: 0, missed: 0 },
  };
}
