import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { Change, JournalEntry } from '../../../functions/core/state/journal-entry.ts';

export const NOW = '2026-03-01T09:30:00.000Z';

let integrations = 0;

/**
 * Returns a new integration id. A query, which sorts by id, returns the integrations in the order of these
 * calls.
 */
export function someIntegration(): string {
  integrations += 1;
  return `moodle:integration${String(integrations).padStart(5, '0')}`;
}

export function someState(given: Partial<ProgressionState> = {}): ProgressionState {
  return {
    id: 'progression-1',
    remoteId: 'remote-1',
    status: 'COMPLETED',
    enrolledAt: '2026-01-01T08:00:00.000Z',
    completedAt: '2026-03-01T09:00:00.000Z',
    changedAt: '2026-03-01T09:00:01.123Z',
    removedAt: null,
    ...given,
  };
}

export function someChange(given: Partial<Change> = {}): Change {
  return {
    previous: someState({ status: 'IN_PROGRESS', completedAt: null, changedAt: '2026-02-01T00:00:00.000Z' }),
    previousEntry: 1,
    state: someState(),
    events: ['CourseCompleted'],
    learner: { id: 'learner-1', remoteId: '32' },
    course: {
      id: 'course-1',
      remoteId: '7',
      revisionId: 'revision-1',
      revisionRemoteId: '71',
      title: 'Fire safety',
    },
    erased: false,
    discarded: null,
    unpublishedRemoval: null,
    ...given,
  };
}

export function someEntry(given: Partial<JournalEntry> & Pick<JournalEntry, 'integration'>): JournalEntry {
  return {
    number: 1,
    detectedAt: NOW,
    mode: 'incremental',
    updatedAfter: null,
    writer: 'worker-1',
    changes: [someChange()],
    tally: { firstSeen: 0, suspect: 0, decided: 0, missed: 0 },
    ...given,
  };
}
