import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { SuspectKind } from '../../../functions/contract/waiting-changes.ts';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { type IntegrationHabits, suspectKind } from '../../../functions/core/decide/suspect.ts';
import type { KnownProgression, ObservedProgression } from '../../../functions/core/state/progression.ts';
import { erased, known, observed } from '../../support/observed.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const WATERMARK = '2026-03-01T08:00:00.000Z';
const OLD = '2026-02-26T07:59:59.999Z';
const RECENT = '2026-02-26T08:00:00.000Z';
const REMOVED = '2026-02-28T10:00:00.000Z';

type State = Partial<ProgressionState>;

function kindOf(
  before: KnownProgression | null,
  record: ObservedProgression,
  habits: Partial<IntegrationHabits> = {},
): SuspectKind | null {
  const change = decideEvents(before, record, NOW);
  if (change === null) throw new Error('nothing changed');
  return suspectKind(change, before, { newestWatermark: WATERMARK, hasEnrolmentDates: true, ...habits });
}

const completed = (completedAt: string | null): State => ({ status: 'COMPLETED', completedAt });

describe('suspect changes', () => {
  test.each<[string, KnownProgression | null, ObservedProgression, SuspectKind]>([
    ['a removal', known(), observed({ removedAt: REMOVED }), 'removed'],
    [
      'a removal in the same record as a completion',
      known(),
      observed({ ...completed(RECENT), removedAt: REMOVED }),
      'removed',
    ],
    [
      'a removal in the same record as a drop',
      known(),
      observed({ status: 'DROPPED', removedAt: REMOVED }),
      'removed',
    ],
    ['a removal in the same record as an erasure', known(), erased(), 'removed'],
    ['a restoration', known({ removedAt: REMOVED }), observed(), 'restored'],
    [
      'a restoration in the same record as a reopening',
      known({ ...completed(RECENT), removedAt: REMOVED }),
      observed({ status: 'IN_PROGRESS' }),
      'restored',
    ],
    [
      'an erasure whose removal was not published',
      known({ removedAt: REMOVED }, { unpublishedRemoval: 'first-seen' }),
      erased(),
      'erased',
    ],
    ['a reopened course', known(completed(RECENT)), observed({ status: 'IN_PROGRESS' }), 'reopened'],
    ['a reset of the progress', known({ status: 'IN_PROGRESS' }), observed(), 'reset'],
    ['a drop', known(), observed({ status: 'DROPPED' }), 'dropped'],
    [
      'a new record that is already dropped',
      null,
      observed({ status: 'DROPPED', enrolledAt: RECENT }),
      'dropped',
    ],
    ['a completion with an old date', known(), observed(completed(OLD)), 'completedOld'],
    [
      'a renewal with an old date',
      known(completed('2025-01-01T00:00:00.000Z')),
      observed(completed(OLD)),
      'recompletedOld',
    ],
    ['a new enrolment with an old date', null, observed({ enrolledAt: OLD }), 'firstSeenOld'],
    [
      'a new record in progress with an old enrolment date',
      null,
      observed({ status: 'IN_PROGRESS', enrolledAt: OLD }),
      'firstSeenOld',
    ],
    [
      'a new record with an old completion date and a recent enrolment date',
      null,
      observed({ ...completed(OLD), enrolledAt: RECENT }),
      'firstSeenOld',
    ],
    ['a new enrolment without a date', null, observed({ enrolledAt: null }), 'firstSeenUndated'],
    [
      'the first status of a known record without a date',
      known({ status: null, enrolledAt: null }),
      observed({ ...completed(null), enrolledAt: null }),
      'firstSeenUndated',
    ],
    [
      'the first status of a known record with an old date',
      known({ status: null, enrolledAt: null }),
      observed({ enrolledAt: OLD }),
      'firstSeenOld',
    ],
    [
      'a corrected completion date',
      known(completed(RECENT)),
      observed(completed('2026-02-26T09:00:00.000Z')),
      'corrected',
    ],
    [
      'an old completion date that replaces null',
      known(completed(null)),
      observed(completed(OLD)),
      'corrected',
    ],
    ['a corrected enrolment date', known(), observed({ enrolledAt: RECENT }), 'corrected'],
    [
      'an old enrolment date that replaces null',
      known({ enrolledAt: null }),
      observed({ enrolledAt: OLD }),
      'corrected',
    ],
    [
      'an older version of a record that Kombo showed twice',
      known({ ...completed(RECENT), changedAt: RECENT }),
      observed({ status: 'IN_PROGRESS', changedAt: OLD }),
      'olderVersion',
    ],
  ])('%s is suspect', (_what, before, record, kind) => {
    expect(kindOf(before, record)).toBe(kind);
  });
});

describe('changes that are not suspect', () => {
  test.each<[string, KnownProgression | null, ObservedProgression]>([
    ['a new enrolment', null, observed({ enrolledAt: RECENT })],
    ['a new enrolment with a future date', null, observed({ enrolledAt: '2027-01-01T00:00:00.000Z' })],
    [
      'a recent enrolment with an old completion date',
      null,
      observed({ enrolledAt: RECENT, completedAt: OLD }),
    ],
    ['the start of a course', known(), observed({ status: 'IN_PROGRESS' })],
    [
      'the start of a course with an old completion date',
      known({ completedAt: OLD }),
      observed({ status: 'IN_PROGRESS', completedAt: OLD }),
    ],
    ['a completion with a recent date', known(), observed(completed(RECENT))],
    ['a completion without a date', known(), observed(completed(null))],
    [
      'a new record that is completed with a recent date',
      null,
      observed({ ...completed(RECENT), enrolledAt: OLD }),
    ],
    [
      'a renewal with a recent date',
      known(completed('2025-01-01T00:00:00.000Z')),
      observed(completed(RECENT)),
    ],
    ['a recent completion date that replaces null', known(completed(null)), observed(completed(RECENT))],
    ['a re-enrolment after a drop', known({ status: 'DROPPED' }), observed()],
    ['an erasure whose removal was published', known({ removedAt: REMOVED }), erased()],
    ['a new record that is already removed', null, observed({ removedAt: REMOVED })],
  ])('%s is not suspect', (_what, before, record) => {
    expect(kindOf(before, record)).toBeNull();
  });

  test.each<[ProgressionState['status'], SuspectKind | null]>([
    ['ENROLLED', null],
    ['IN_PROGRESS', null],
    ['COMPLETED', 'firstSeenUndated'],
    ['DROPPED', 'firstSeenUndated'],
  ])(
    'on a platform that never sends enrolment dates, a new record without dates and with the status %s has the suspect kind %s',
    (status, kind) => {
      expect(kindOf(null, observed({ status, enrolledAt: null }), { hasEnrolmentDates: false })).toBe(kind);
    },
  );
});

test('without a watermark, a new record with an old or missing enrolment date is not suspect', () => {
  const never = { newestWatermark: null };
  expect(kindOf(null, observed({ enrolledAt: OLD }), never)).toBeNull();
  expect(kindOf(null, observed({ enrolledAt: null }), never)).toBeNull();
});
