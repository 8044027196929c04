import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe } from '../../../functions/adapters/kombo/progression-record.ts';
import { blankRecord, type Raw, REMOVED_AT, REVISION, rawRecord, removedRecord, USER } from './raw-record.ts';

function observed(record: Raw) {
  const seen = observe(record);
  if ('rejected' in seen) throw new Error(`rejected: ${seen.rejected.reason}`);
  return seen.observed;
}

const fields = Object.keys(rawRecord()).filter((field) => field !== 'id');
const nullsIn = (record: object) =>
  fc
    .subarray(Object.keys(record))
    .map((lost) => ({ ...record, ...Object.fromEntries(lost.map((f) => [f, null])) }));

describe('a removed record', () => {
  test('a removed record that still has all its fields does not count as erased', () => {
    expect(observed(removedRecord())).toMatchObject({
      state: { status: 'IN_PROGRESS', removedAt: REMOVED_AT },
      removed: true,
      erased: false,
    });
  });

  test('a removed record is accepted with null in any field except its id and its removal date', () => {
    fc.assert(
      fc.property(
        fc.subarray(fields.filter((field) => field !== 'remote_deleted_at')),
        nullsIn(USER),
        nullsIn(REVISION),
        (lost, user, course_revision) => {
          const nulls = Object.fromEntries(lost.map((field) => [field, null]));
          const { state } = observed(removedRecord({ user, course_revision, ...nulls }));
          expect(state).toMatchObject({ id: 'p1', removedAt: REMOVED_AT });
        },
      ),
    );
  });

  test.each(['0001-01-01', '1970-01-01T00:00:00Z', '9999-12-31', '0000-00-00 00:00:00', 'Ada', ''])(
    'a record with the unusable removal date "%s" counts as removed',
    (remote_deleted_at) => {
      expect(observed(removedRecord({ remote_deleted_at, user: null, changed_at: null }))).toMatchObject({
        state: { removedAt: null },
        removed: true,
        erased: true,
      });
    },
  );

  test.each([
    ['its user', { user: null }],
    ["its user's id", { user_id: null }],
    ['the id in its user', { user: { ...USER, id: null } }],
  ])('a removed record without %s counts as erased', (_, differs) => {
    expect(observed(removedRecord(differs)).erased).toBe(true);
  });

  test.each([
    ['its course', { course_revision: null, course_revision_id: null }],
    ['its remote id', { remote_id: null }],
    ['its time of change', { changed_at: null }],
    ['its status', { status: null }],
    ['the names of its learner', { user: { ...USER, first_name: null, last_name: null, work_email: null } }],
    [
      'its status, enrolment date and names',
      { status: null, enrolled_at: null, user: { id: 'u1', remote_id: '32' } },
    ],
  ])('a removed record without %s does not count as erased', (_, differs) => {
    expect(observed(removedRecord(differs)).erased).toBe(false);
  });
});

describe('a record with only its id', () => {
  test.each([
    ['its id and its removal date', { remote_deleted_at: REMOVED_AT }, REMOVED_AT],
    ['its id', {}, null],
    [
      'its id and empty objects',
      { user: { id: null, remote_id: null }, course_revision: { id: null } },
      null,
    ],
  ])('a record with only %s counts as erased', (_, differs, removedAt) => {
    expect(observed(blankRecord(differs))).toEqual({
      state: {
        id: 'p1',
        remoteId: null,
        status: null,
        enrolledAt: null,
        completedAt: null,
        changedAt: null,
        removedAt,
      },
      removed: removedAt !== null,
      unknownStatus: null,
      learner: { id: null, remoteId: null },
      learnerDetails: { firstName: null, lastName: null, email: null },
      namesBlank: true,
      course: { id: null, remoteId: null, revisionId: null, revisionRemoteId: null, title: null },
      erased: true,
    });
  });

  test('a record that has no field except its id counts as erased', () => {
    expect(observed({ id: 'p1' }).erased).toBe(true);
  });

  test.each(fields.filter((field) => !['remote_data', 'remote_deleted_at'].includes(field)))(
    'a record that has only its id and %s is rejected as incomplete and not counted as erased',
    (field) => {
      const seen = observe(blankRecord({ [field]: rawRecord({ completed_at: REMOVED_AT })[field] }));

      expect(seen).toHaveProperty('rejected.id', 'p1');
    },
  );
});
