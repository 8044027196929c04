import { expect, test } from 'vitest';
import { learningEvents } from '../../../functions/contract/learning-events.ts';
import { deriveEvents, NOT_KNOWN_FROM_KOMBO } from '../../../functions/core/decide/derive-from-record.ts';
import { erased, observed } from '../../support/observed.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const derived = (...record: Parameters<typeof observed>) =>
  deriveEvents('moodle:test', observed(...record), NOW);

test('an enrolment and a completion are derived from a completed record, in the order of their dates', () => {
  const events = derived({ status: 'COMPLETED', completedAt: '2026-02-10T10:00:00.000Z' });

  expect(events.map(({ type, detail }) => [type, detail.occurredAt])).toEqual([
    ['LearnerEnrolled', '2026-02-01T09:00:00.000Z'],
    ['CourseCompleted', '2026-02-10T10:00:00.000Z'],
  ]);
});

test('an enrolment and a removal are derived from a removed record', () => {
  const events = derived({ removedAt: '2026-02-20T10:00:00.000Z' });

  expect(events.map(({ type }) => type)).toEqual(['LearnerEnrolled', 'ProgressionRemoved']);
  expect(events[1]?.detail.previous?.removedAt).toBeNull();
});

test('a derived event matches its schema, and its id stays the same when the record is read again', () => {
  const record = {
    status: 'COMPLETED' as const,
    completedAt: '2026-02-10T10:00:00.000Z',
    removedAt: '2026-02-20T10:00:00.000Z',
  };
  const events = derived(record);

  for (const { type, detail } of events) learningEvents[type].parse(detail);
  expect(events.map(({ detail }) => detail.id)).toEqual([
    'moodle:test/kombo/p1/LearnerEnrolled/2026-02-01T09:00:00.000Z',
    'moodle:test/kombo/p1/CourseCompleted/2026-02-10T10:00:00.000Z',
    'moodle:test/kombo/p1/ProgressionRemoved/2026-02-20T10:00:00.000Z',
  ]);
  expect(events.map(({ detail }) => detail.journal)).toEqual([null, null, null]);
  const again = derived({ ...record, changedAt: '2026-03-01T00:00:00.000Z' });
  expect(again.map(({ detail }) => detail.id)).toEqual(events.map(({ detail }) => detail.id));
});

test('a start, a drop or a reopening is never derived from a record, because a record has no date for them', () => {
  for (const status of ['IN_PROGRESS', 'DROPPED'] as const) {
    expect(derived({ status, enrolledAt: null, completedAt: '2026-02-10T10:00:00.000Z' })).toEqual([]);
  }
  expect(derived({ status: 'COMPLETED', enrolledAt: null })).toEqual([]);
});

test('only the enrolment is derived from a removed record without a usable removal date', () => {
  const record = observed({ removedAt: null }, { removed: true });

  const events = deriveEvents('moodle:test', record, NOW);

  expect(events.map(({ type }) => type)).toEqual(['LearnerEnrolled']);
  expect(NOT_KNOWN_FROM_KOMBO.join()).toContain('removal without a usable date');
});

test('only the removal is derived from an erased record, and this event has no learner id', () => {
  const [event, ...rest] = deriveEvents('moodle:test', erased('p1', '2026-02-20T10:00:00.000Z'), NOW);

  expect(rest).toEqual([]);
  expect(event).toMatchObject({ type: 'ProgressionRemoved', detail: { learner: { id: null } } });
});
