import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { observe } from '../../../functions/adapters/kombo/progression-record.ts';
import { standInOf } from '../../../functions/core/poll/set-aside-records.ts';
import { isStandIn } from '../../../functions/core/state/set-aside.ts';
import { type Raw, REVISION, rawRecord, USER } from './raw-record.ts';

/** Matches an unpaired surrogate. */
const HALF_A_PAIR = /\p{Cs}/gu;
/** Generates any sequence of UTF-16 units, with unpaired surrogates and control characters. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 200 });

function observed(record: Raw) {
  const seen = observe(record);
  if ('rejected' in seen) throw new Error(`rejected: ${seen.rejected.reason}`);
  return seen.observed;
}

function rejected(record: unknown) {
  const seen = observe(record);
  if ('observed' in seen) throw new Error('it was not rejected');
  return seen.rejected;
}

describe('a record', () => {
  test('a record of Kombo is converted to its state, learner and course', () => {
    expect(observed(rawRecord())).toEqual({
      state: {
        id: 'p1',
        remoteId: 'remote-p1',
        status: 'IN_PROGRESS',
        enrolledAt: '2026-02-01T09:00:00.000Z',
        completedAt: null,
        changedAt: '2026-02-03T09:00:00.000Z',
        removedAt: null,
      },
      removed: false,
      unknownStatus: null,
      learner: { id: 'u1', remoteId: '32' },
      learnerDetails: { firstName: 'Ada', lastName: 'Lovelace', email: 'ada@example.com' },
      namesBlank: false,
      course: {
        id: 'c1',
        remoteId: '7',
        revisionId: 'r1',
        revisionRemoteId: 'remote-r1',
        title: 'Fire safety',
      },
      erased: false,
    });
  });

  test('timestamps of a record are converted to UTC', () => {
    const record = rawRecord({ completed_at: '2026-03-01 09:30:15 +0200', enrolled_at: '2026-02-01' });

    expect(observed(record).state).toMatchObject({
      completedAt: '2026-03-01T07:30:15.000Z',
      enrolledAt: '2026-02-01T00:00:00.000Z',
    });
  });

  test.each(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'])(
    "Kombo's status %s is read unchanged",
    (status) => {
      expect(observed(rawRecord({ status })).state.status).toBe(status);
    },
  );

  test.each(['PAUSED', 'completed', '', 'toString'])(
    'a record with the unknown status "%s" is read with the status null, and with Kombo\'s text as its unknown status',
    (status) => {
      const seen = observed(rawRecord({ status }));
      expect([seen.state.status, seen.unknownStatus]).toEqual([null, status]);
    },
  );

  test.each(['COMPLETED', null])('for a record with the status %s, `unknownStatus` is null', (status) => {
    expect(observed(rawRecord({ status })).unknownStatus).toBeNull();
  });

  test('an unknown status is cut to 100 characters, and unprintable characters are replaced', () => {
    fc.assert(
      fc.property(anyText, (status) => {
        const { unknownStatus } = observed(rawRecord({ status: `?${status}` }));
        // The limit of 100 counts UTF-16 units. A character can have two units, so a cut status can have
        // fewer than 100 characters.
        const units = status.replaceAll(/\p{C}/gu, '?').length + 1;
        expect(unknownStatus?.length).toBeGreaterThanOrEqual(Math.min(50, units));
        expect(unknownStatus?.length).toBeLessThanOrEqual(100);
        expect(unknownStatus).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
    expect(observed(rawRecord({ status: 'ON\u001B[2J\r\nHOLD\u2028\uD83E' })).unknownStatus).toBe(
      'ON\uFFFD[2J\uFFFD\uFFFDHOLD\uFFFD\uFFFD',
    );
  });

  test.each([
    ['no names', { first_name: null, last_name: null, work_email: null }, true],
    ['empty names', { first_name: '', last_name: ' ', work_email: '\u00A0' }, true],
    ['a first name', { first_name: 'Ada', last_name: null, work_email: null }, false],
    ['an e-mail address', { first_name: null, last_name: null, work_email: 'a@example.com' }, false],
  ])(
    'a learner counts as nameless only if all names and the e-mail address are empty: a record with %s',
    (_, names, blank) => {
      expect(observed(rawRecord({ user: { ...USER, ...names } })).namesBlank).toBe(blank);
    },
  );

  test("the ids of the learner and the course revision are read from the record's own fields, not from its nested objects", () => {
    const own = rawRecord({ user_id: 'u2', course_revision_id: 'r2' });

    expect(observed(own)).toMatchObject({ learner: { id: 'u2' }, course: { revisionId: 'r2' } });
  });

  test('unpaired surrogates are replaced in every text of a record, and other characters stay the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const user = { id: text, remote_id: text, first_name: text, last_name: text, work_email: text };
        const course = { id: text, remote_id: text };
        const record = rawRecord({
          remote_id: text,
          user_id: text,
          course_revision_id: text,
          user,
          course_revision: { id: text, remote_id: text, title: text, course },
        });

        const { state, learner, learnerDetails, course: seen } = observed(record);

        const texts = [
          state.remoteId,
          ...[learner, learnerDetails, seen].flatMap(Object.values<string | null>),
        ];
        expect(texts).toEqual(texts.map(() => text.replace(HALF_A_PAIR, '\uFFFD')));
      }),
    );
  });

  test('unknown fields and the remote data of a record are ignored', () => {
    const more = { score: 3, user: { ...USER, phone: '1' }, remote_data: { '/x': [1] } };

    expect(observed(rawRecord(more))).toEqual(observed(rawRecord()));
  });

  test.each(['status', 'enrolled_at', 'completed_at', 'remote_deleted_at', 'remote_data'])(
    'a record without the field %s is read as if the field were null',
    (field) => {
      const { [field]: _left, ...record } = rawRecord();

      expect(observed(record)).toEqual(observed(rawRecord({ [field]: null })));
    },
  );

  test('a record is accepted when its names, course title and course are null, because a customer can turn off these fields', () => {
    const user = { id: 'u1', remote_id: '32', first_name: null, last_name: null, work_email: null };
    const course_revision = { ...REVISION, title: null, course: null };

    expect(observed(rawRecord({ status: null, enrolled_at: null, user, course_revision }))).toMatchObject({
      learnerDetails: { firstName: null, lastName: null, email: null },
      course: { id: null, remoteId: null, revisionId: 'r1', title: null },
      erased: false,
    });
  });

  test('a course title of a megabyte is cut to 3,000 characters', () => {
    const title = `${'a'.repeat(2_999)}\u{1F9EF}${'b'.repeat(1_000_000)}`;

    const { course } = observed(rawRecord({ course_revision: { ...REVISION, title } }));

    expect(course.title).toBe(`${'a'.repeat(2_999)}\uFFFD`);
  });

  test('an id of 341 characters of three bytes each is accepted, because it fits into a key of the table', () => {
    const id = '\u65E5'.repeat(341);

    expect(observed(rawRecord({ id })).state.id).toBe(id);
    expect(Buffer.byteLength(id)).toBeLessThan(1_024);
  });
});

describe('a record that does not fit the schema', () => {
  test.each([
    ['a number for remote_id', { remote_id: 7 }, 'remote_id does not fit the schema'],
    ['a remote id that is too long', { remote_id: 'a'.repeat(2_049) }, 'remote_id does not fit the schema'],
    ['a number for a status', { status: 1 }, 'status does not fit the schema'],
    ['a number for a timestamp', { changed_at: 1772357400 }, 'changed_at does not fit the schema'],
    [
      'a date that is not in the calendar',
      { completed_at: '2026-02-30' },
      'completed_at is not a valid timestamp',
    ],
    ['an empty timestamp', { enrolled_at: '' }, 'enrolled_at is not a valid timestamp'],
    [
      'a list for a name',
      { user: { ...USER, first_name: ['Ada'] } },
      'user.first_name does not fit the schema',
    ],
    ['a text for a user', { user: 'Ada Lovelace' }, 'user does not fit the schema'],
    [
      'a number for the id of a course',
      { course_revision: { ...REVISION, course: { id: 1 } } },
      'course_revision.course.id does not fit the schema',
    ],
  ])(
    'a record with an invalid value (%s) is rejected with its id and the name of the field',
    (_, differs, reason) => {
      expect(rejected(rawRecord(differs))).toEqual({ id: 'p1', reason });
    },
  );

  test.each([
    ['remote_id', { remote_id: null }],
    ['user_id', { user_id: null }],
    ['course_revision_id', { course_revision_id: null }],
    ['changed_at', { changed_at: null }],
    ['user', { user: null }],
    ['user', { user: { ...USER, remote_id: null } }],
    ['course_revision', { course_revision: null }],
    ['course_revision', { course_revision: { ...REVISION, id: null } }],
  ])(
    'a record is rejected when %s is missing or incomplete, unless the record is removed',
    (field, differs) => {
      const reason = `${field} is missing on a record that is not removed`;
      expect(rejected(rawRecord(differs))).toEqual({ id: 'p1', reason });
    },
  );
});

describe('a record without a usable id', () => {
  test.each([
    ['no id', rawRecord({ id: null })],
    ['an empty id', rawRecord({ id: '' })],
    ['an id that is too long for a key', rawRecord({ id: 'a'.repeat(342) })],
    ['an id with an unpaired surrogate', rawRecord({ id: 'p\uD83E' })],
    ['a list', []],
    ['a text', 'Ada'],
    ['null', null],
    ['undefined', undefined],
  ])(
    'a record without a usable id (%s) is rejected with a stand-in id, which is the same each time the record is read',
    (_, record) => {
      const first = rejected(record);

      expect(first.id).toMatch(/^without-id-[0-9a-f]{16}$/);
      expect(rejected(structuredClone(record))).toEqual(first);
      expect(first.reason).toMatch(/^(id|the record) does not fit the schema$/);
    },
  );

  test.each([
    ['the remote id', { remote_id: 'x' }],
    ['the learner', { user_id: 'x' }],
    ['the course', { course_revision_id: 'x' }],
    ['the nested id of the learner', { user_id: null, user: { ...USER, id: 'x' } }],
  ])('two records without an id have different stand-in ids when they differ in %s', (_, differs) => {
    expect(rejected(rawRecord({ id: null, ...differs })).id).not.toBe(rejected(rawRecord({ id: null })).id);
  });

  test('the stand-in id of a record depends only on its remote id, learner and course revision, not on its other fields', () => {
    const { remote_id: _r, user_id: _u, course_revision_id: _c, id: _i, ...others } = rawRecord();
    const changes = fc.record(
      Object.fromEntries([...Object.keys(others), 'more'].map((field) => [field, fc.anything()])),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.constantFrom(null, '', 7, {}, 'a'.repeat(342)), changes, (id, changed) => {
        expect(rejected(rawRecord({ id, ...changed })).id).toBe(standInOf(observed(rawRecord())));
      }),
    );
  });
});

/**
 * Returns a value with this many levels of nesting. It is built without recursion, which would overflow the
 * stack.
 */
function nested(levels: number, list: boolean): unknown {
  const [open, close] = list ? ['[', ']'] : ['{"a":', '}'];
  return JSON.parse(open.repeat(levels) + 1 + close.repeat(levels));
}

describe.each([
  ['lists', 3_000, true],
  ['objects', 3_000, false],
  ['lists', 200_000, true],
  ['objects', 200_000, false],
])('a record with %s that are nested %i levels deep', (_, levels, list) => {
  const deep = nested(levels, list);

  test('a record is accepted when its remote data and its unknown fields are deeply nested', () => {
    expect(observed(rawRecord({ remote_data: deep, more: deep }))).toEqual(observed(rawRecord()));
  });

  test('a record is rejected, with its id or a stand-in id, when a known field is deeply nested', () => {
    const records = Object.keys(rawRecord())
      .filter((field) => field !== 'remote_data')
      .map((field) => rejected(rawRecord({ [field]: deep, remote_data: deep })));

    expect(records.map(({ id }) => (isStandIn(id) ? 'stand-in' : id))).toEqual([
      'stand-in',
      ...records.slice(1).map(() => 'p1'),
    ]);
    expect(isStandIn(rejected(deep).id)).toBe(true);
  });
});
