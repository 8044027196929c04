import { describe, expect, test } from 'vitest';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { knownAfter } from '../../../functions/core/state/journal-entry.ts';
import {
  type KnownProgression,
  type ObservedProgression,
  type References,
  referencesShown,
} from '../../../functions/core/state/progression.ts';
import { erased, known, observed } from '../../support/observed.ts';

const FEB = '2026-02-10T10:00:00.000Z';
const NOW = '2026-03-02T08:00:00.000Z';
const OTHER = { id: 'learner-b', remoteId: 'b' };

function afterwards(before: KnownProgression, record: ObservedProgression): KnownProgression {
  const change = decideEvents(before, record, NOW);
  if (change === null) throw new Error('nothing changed');
  return knownAfter(change, before.entry + 1);
}

describe('a progression that moves to another learner', () => {
  const moved = observed({ changedAt: FEB }, { learner: OTHER });

  test('when a progression moves to another learner, the move is stored in the journal without an event', () => {
    const before = known();
    expect(decideEvents(before, moved, NOW)).toMatchObject({
      events: [],
      previous: before.state,
      state: before.state,
      learner: OTHER,
    });
  });

  test('when a progression moves to another learner, the move is stored in the journal once', () => {
    expect(decideEvents(afterwards(known(), moved), moved, NOW)).toBeNull();
  });

  test("the events of a removal and of an erasure have the learner's ids as Kombo last showed them", () => {
    const before = afterwards(known(), moved);
    const removal = decideEvents(before, observed({ removedAt: FEB }, { learner: OTHER }), NOW);
    expect(removal).toMatchObject({ events: ['ProgressionRemoved'], learner: OTHER });
    const removed = afterwards(before, observed({ removedAt: FEB }, { learner: OTHER }));
    expect(decideEvents(removed, erased('p1', FEB), NOW)).toMatchObject({
      events: ['LearnerDataErased'],
      learner: OTHER,
    });
  });

  test('when a progression moves to another learner without a remote id, the stored remote id becomes null', () => {
    const record = observed({ removedAt: FEB }, { learner: { id: 'learner-b', remoteId: null } });
    expect(decideEvents(known(), record, NOW)?.learner).toEqual({ id: 'learner-b', remoteId: null });
  });
});

describe('a record in which only one id changes', () => {
  const { learner, course } = observed();
  test.each<[string, Partial<References>]>([
    ["the learner's id in Kombo", { learner: { ...learner, id: 'other' } }],
    ["the learner's id on the platform", { learner: { ...learner, remoteId: 'other' } }],
    ["the course's id in Kombo", { course: { ...course, id: 'other' } }],
    ["the course's id on the platform", { course: { ...course, remoteId: 'other' } }],
    ["the revision's id in Kombo", { course: { ...course, revisionId: 'other' } }],
    ["the revision's id on the platform", { course: { ...course, revisionRemoteId: 'other' } }],
  ])('when only %s changes, the change is stored in the journal without an event', (_whose, changed) => {
    const change = decideEvents(known(), observed({}, changed), NOW);
    expect(change).toMatchObject({ events: [], learner, course, ...changed });
  });
});

describe('an id that a record does not show', () => {
  const learner = { id: 'l1', remoteId: 'l1-remote' };
  const course = { id: 'c1', remoteId: 'c1-remote', revisionId: 'r1', revisionRemoteId: 'r1-remote' };
  const left = { id: null, remoteId: null, revisionRemoteId: null, title: null };

  test('when a record shows the same learner and course revision, and null for its other ids, the other ids stay stored', () => {
    const record = { learner: { id: 'l1', remoteId: null }, course: { ...left, revisionId: 'r1' } };
    expect(referencesShown({ learner, course }, record)).toEqual({
      learner,
      course: { ...course, title: null },
    });
  });

  test('when a record shows another course revision and null for all other ids of the course, the stored ids become null', () => {
    const other = { ...left, revisionId: 'r2' };
    expect(referencesShown({ learner, course }, { learner, course: other }).course).toEqual(other);
  });
});

test('a removed record that shows no ids keeps the known ids of its learner and course', () => {
  const nothing = { id: null, remoteId: null };
  const course = { ...nothing, revisionId: null, revisionRemoteId: null, title: null };
  const record = observed({ removedAt: FEB }, { learner: nothing, course });
  const { learner, course: kept } = known();
  expect(decideEvents(known({ removedAt: FEB }), record, NOW)).toBeNull();
  expect(decideEvents(known(), record, NOW)).toMatchObject({ learner, course: kept });
});

test('the ids of an erased learner are not stored again as long as the record is marked as removed', () => {
  const before = known({ removedAt: FEB }, { erased: true, learner: { id: null, remoteId: null } });
  expect(decideEvents(before, observed({ removedAt: FEB }, { namesBlank: true }), NOW)).toBeNull();
});
