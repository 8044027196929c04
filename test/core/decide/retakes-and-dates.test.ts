import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { eventsOfEntry } from '../../../functions/core/decide/events-of-entry.ts';
import { knownAfter } from '../../../functions/core/state/journal-entry.ts';
import type { KnownProgression } from '../../../functions/core/state/progression.ts';
import { entryOf, known, observed } from '../../support/observed.ts';

const DETECTED = '2026-03-02T08:00:00.000Z';
const WINDOW = '2026-03-02T07:30:00.000Z';
const BEFORE = '2026-03-02T07:00:00.000Z';
const WITHIN = '2026-03-02T07:50:00.000Z';
const FIRST = '2025-01-10T09:00:00.000Z';
const SECOND = '2026-03-02T06:00:00.000Z';

type State = Partial<ProgressionState>;

/** Returns the events of a record that is read in each of these states, one after the other. */
function lived(before: KnownProgression | null, ...states: State[]) {
  let state = before;
  return states.flatMap((shown, at) => {
    const change = decideEvents(state, observed(shown), DETECTED);
    if (change === null) return [];
    state = knownAfter(change, at + 2);
    const entry = { ...entryOf([change], at + 2), detectedAt: DETECTED, updatedAfter: WINDOW };
    return eventsOfEntry(entry, null);
  });
}
const story = (...states: State[]) =>
  lived(null, ...states).map(({ type, detail }) => [type, detail.progression.completedAt]);
const dateOf = (before: State | null, now: State) =>
  lived(before && known(before), now).map(({ detail }) => detail.occurredAt);

describe('a course that is taken again', () => {
  test('a course can be completed again without a date, and a date that Kombo shows later is published as a correction', () => {
    expect(
      story(
        { status: 'COMPLETED', completedAt: FIRST },
        { status: 'IN_PROGRESS', completedAt: null },
        { status: 'COMPLETED', completedAt: null },
        { status: 'COMPLETED', completedAt: SECOND },
      ),
    ).toEqual([
      ['CourseCompleted', FIRST],
      ['CourseReopened', null],
      ['CourseCompleted', null],
      ['CompletionCorrected', SECOND],
    ]);
  });

  test('a null completion date does not replace the known date of a completed course until the status changes', () => {
    expect(
      story(
        { status: 'COMPLETED', completedAt: FIRST },
        { status: 'COMPLETED', completedAt: null },
        { status: 'COMPLETED', completedAt: FIRST },
        { status: 'DROPPED', completedAt: null },
      ),
    ).toEqual([
      ['CourseCompleted', FIRST],
      ['LearnerDropped', null],
    ]);
  });

  test('when a progression with a completion date and no status becomes completed without a date, its event has the known date', () => {
    const [event] = lived(known({ status: null, completedAt: FIRST }), {
      status: 'COMPLETED',
      completedAt: null,
    });
    expect(event?.detail.progression.completedAt).toBe(FIRST);
  });
});

describe('the field `occurredAt` of an event', () => {
  test.each<[string, State | null, State, string]>([
    ['the date of a completion', {}, { status: 'COMPLETED', completedAt: SECOND }, SECOND],
    [
      'the date of a completion, even if Kombo showed the date before the status',
      { status: null, completedAt: FIRST },
      { status: 'COMPLETED', completedAt: FIRST },
      FIRST,
    ],
    [
      'the date of an enrolment, even if Kombo showed the date before the status',
      { status: null, enrolledAt: FIRST },
      { status: 'ENROLLED', enrolledAt: FIRST },
      FIRST,
    ],
    [
      '`changed_at` of a second completion that still shows the date of the first completion',
      { status: 'IN_PROGRESS', completedAt: FIRST },
      { status: 'COMPLETED', completedAt: FIRST, changedAt: WITHIN },
      WITHIN,
    ],
    [
      'the date of a renewed completion',
      { status: 'COMPLETED', completedAt: FIRST },
      { status: 'COMPLETED', completedAt: SECOND, changedAt: WITHIN },
      SECOND,
    ],
    [
      'the new date of an enrolment after a drop',
      { status: 'DROPPED', enrolledAt: FIRST },
      { status: 'ENROLLED', enrolledAt: SECOND, changedAt: WITHIN },
      SECOND,
    ],
    ['`changed_at` of a change without a date', {}, { status: 'IN_PROGRESS', changedAt: WITHIN }, WITHIN],
    [
      '`changed_at` of a new record without a date',
      null,
      { status: 'IN_PROGRESS', changedAt: WITHIN },
      WITHIN,
    ],
    [
      '`changed_at`, even if `changed_at` equals `updated_after` of the request',
      {},
      { status: 'DROPPED', changedAt: WINDOW },
      WINDOW,
    ],
    [
      'the time of detection if `changed_at` did not change',
      { changedAt: WITHIN },
      { status: 'IN_PROGRESS', changedAt: WITHIN },
      DETECTED,
    ],
    [
      'the time of detection if `changed_at` is before `updated_after` of the request',
      {},
      { status: 'DROPPED', changedAt: BEFORE },
      DETECTED,
    ],
    [
      'the time of detection if `changed_at` is earlier than the known `changed_at`',
      { status: 'COMPLETED', changedAt: DETECTED },
      { status: 'IN_PROGRESS', changedAt: WITHIN },
      DETECTED,
    ],
    [
      'the time of detection if the record has no date',
      null,
      { status: 'IN_PROGRESS', changedAt: null },
      DETECTED,
    ],
    ['the date of a removal', {}, { removedAt: SECOND }, SECOND],
  ])('occurredAt is %s', (_what, before, now, occurredAt) => {
    expect(dateOf(before, now)).toEqual([occurredAt]);
  });

  test('when a change without a date has two events (a drop and a restoration), `occurredAt` of each event is `changed_at`', () => {
    const events = dateOf({ removedAt: FIRST }, { status: 'DROPPED', changedAt: WITHIN });
    expect(events).toEqual([WITHIN, WITHIN]);
  });
});
