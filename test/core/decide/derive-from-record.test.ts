import { expect, test } from 'vitest';
import { learningEvents } from '../../../functions/contract/learning-events.ts';
import { deriveEvents, NOT_KNOWN_FROM_KOMBO } from '../../../functions/core/decide/derive-from-record.ts';
import { erased, observed } from '../../support/observed.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const derived = (...record: Parameters<typeof observed>) =>
  deriveEvents('moodle:test', observed(...record), NOW);

test('a replay from Kombo derives an enrolment and a completion from a completed record, in the order of their dates', () => {
  const events = derived({ status: 'COMPLETED', completedAt: '2026-02-10T10:00:00.000Z' });

  expect(events.map(({ type, detail }) => [type, detail.occurredAt])).toEqual([
    ['LearnerEnrolled', '2026-02-01T09:00:00.000Z'],
    ['CourseCompleted', '2026-02-10T10:00:00.000Z'],
  ]);
});

test('a replay from Kombo derives an enrolment and a removal from a removed record', () => {
  const events = derived({ removedAt: '2026-02-20T10:00:00.000Z' });

  expect(events.map(({ type }) => type)).toEqual(['LearnerEnrolled', 'ProgressionRemoved']);
  expect(events[1]?.detail.previous?.removedAt).toBeNull();
});

test("an event that a replay from Kombo derives matches its schema, and its id does not depend on the record's `changed_at`", () => {
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

test('a replay from Kombo derives no event from a status for which the record has no date, such as a start or a drop', () => {
  for (const status of ['IN_PROGRESS', 'DROPPED'] as const) {
    expect(derived({ status, enrolledAt: null, completedAt: '2026-02-10T10:00:00.000Z' })).toEqual([]);
  }
  expect(derived({ status: 'COMPLETED', enrolledAt: null })).toEqual([]);
});

test('a replay from Kombo derives only the enrolment from a removed record without a usable removal date', () => {
  const record = observed({ removedAt: null }, { removed: true });

  const events = deriveEvents('moodle:test', record, NOW);

  expect(events.map(({ type }) => type)).toEqual(['LearnerEnrolled']);
  expect(NOT_KNOWN_FROM_KOMBO.join()).toContain('removal without a usable date');
});

test('a replay from Kombo derives only the removal from an erased record, and the event has no learner id', () => {
  const [event, ...rest] = deriveEvents('moodle:test', erased('p1', '2026-02-20T10:00:00.000Z'), NOW);

  expect(rest).toEqual([]);
  expect(event).toMatchObject({ type: 'ProgressionRemoved', detail: { learner: { id: null } } });
});
