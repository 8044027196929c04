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

/** The events of records that are read one after the other, each with its completion date. */
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
  test('a course taken again has no completion date until a new one comes as a correction', () => {
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

  test('a date that Kombo nulls is kept while the status stays the same', () => {
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

  test('a completion keeps its date while its status is unknown', () => {
    const [event] = lived(known({ status: null, completedAt: FIRST }), {
      status: 'COMPLETED',
      completedAt: null,
    });
    expect(event?.detail.progression.completedAt).toBe(FIRST);
  });
});

describe('when something happened', () => {
  test.each<[string, State | null, State, string]>([
    ['is the date of the completion', {}, { status: 'COMPLETED', completedAt: SECOND }, SECOND],
    [
      'is the date of a completion that is known before its status',
      { status: null, completedAt: FIRST },
      { status: 'COMPLETED', completedAt: FIRST },
      FIRST,
    ],
    [
      'is the date of an enrolment that is known before its status',
      { status: null, enrolledAt: FIRST },
      { status: 'ENROLLED', enrolledAt: FIRST },
      FIRST,
    ],
    [
      'is not the date of the first completion when a second one still shows it',
      { status: 'IN_PROGRESS', completedAt: FIRST },
      { status: 'COMPLETED', completedAt: FIRST, changedAt: WITHIN },
      WITHIN,
    ],
    [
      'is the date of a renewed completion',
      { status: 'COMPLETED', completedAt: FIRST },
      { status: 'COMPLETED', completedAt: SECOND, changedAt: WITHIN },
      SECOND,
    ],
    [
      'is the new date of an enrolment after a drop',
      { status: 'DROPPED', enrolledAt: FIRST },
      { status: 'ENROLLED', enrolledAt: SECOND, changedAt: WITHIN },
      SECOND,
    ],
    ['is when Kombo changed the record', {}, { status: 'IN_PROGRESS', changedAt: WITHIN }, WITHIN],
    [
      'is when Kombo changed a record that is seen for the first time',
      null,
      { status: 'IN_PROGRESS', changedAt: WITHIN },
      WITHIN,
    ],
    [
      'is when Kombo changed the record, also at the beginning of what was asked for',
      {},
      { status: 'DROPPED', changedAt: WINDOW },
      WINDOW,
    ],
    [
      'is the detection where `changed_at` did not move',
      { changedAt: WITHIN },
      { status: 'IN_PROGRESS', changedAt: WITHIN },
      DETECTED,
    ],
    [
      'is the detection where `changed_at` lies before what was asked for',
      {},
      { status: 'DROPPED', changedAt: BEFORE },
      DETECTED,
    ],
    [
      'is the detection where `changed_at` went back',
      { status: 'COMPLETED', changedAt: DETECTED },
      { status: 'IN_PROGRESS', changedAt: WITHIN },
      DETECTED,
    ],
    [
      'is the detection where there is no date at all',
      null,
      { status: 'IN_PROGRESS', changedAt: null },
      DETECTED,
    ],
    ['is the date of the removal', {}, { removedAt: SECOND }, SECOND],
  ])('%s', (_what, before, now, occurredAt) => {
    expect(dateOf(before, now)).toEqual([occurredAt]);
  });

  test('occurredAt is the same for both events of a change dated by `changed_at`', () => {
    const events = dateOf({ removedAt: FIRST }, { status: 'DROPPED', changedAt: WITHIN });
    expect(events).toEqual([WITHIN, WITHIN]);
  });
});
