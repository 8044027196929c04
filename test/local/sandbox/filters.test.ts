import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { steppedClock } from '../../../local/sandbox/clock.ts';
import type { ProgressionRecord } from '../../../local/sandbox/records.ts';
import { fixedRecords } from '../../support/fixed-records.ts';
import { allows, queryParameters } from './api-description.ts';
import { courseProgression } from './course-progression.ts';
import { openSandbox } from './sandbox-client.ts';

const records = Array.from({ length: 60 }, (_, number) =>
  courseProgression(number, {
    learner: number % 6,
    course: number % 5,
    changed_at: new Date(Date.UTC(2026, 0, 1 + (number % 20))).toISOString(),
    remote_deleted_at: number % 7 === 0 ? '2026-01-25T00:00:00.000Z' : null,
  }),
);
const ID = 'sandbox:filters';
const WITHOUT_COURSES = 'sandbox:without-courses';
let sandbox: Awaited<ReturnType<typeof openSandbox>>;

beforeAll(async () => {
  sandbox = await openSandbox({
    clock: steppedClock(Date.UTC(2026, 1, 1)),
    integrations: [
      { id: ID, records: fixedRecords(records) },
      { id: WITHOUT_COURSES, records: fixedRecords(records), unsupportedFilters: ['course_ids'] },
    ],
  });
});
afterAll(() => sandbox.close());

const ids = async (parameters: Record<string, string>, integration = ID) => {
  const { results } = await sandbox.page(integration, { page_size: '250', ...parameters });
  return results.map(({ id }) => id);
};
const idsOf = (some: ProgressionRecord[]) => some.map(({ id }) => id);

test('the sandbox returns removed records only for requests with `include_deleted`', async () => {
  expect(await ids({})).toEqual(idsOf(records.filter((one) => one.remote_deleted_at === null)));
  expect(await ids({ include_deleted: 'false' })).toEqual(await ids({}));
  expect(await ids({ include_deleted: 'true' })).toEqual(idsOf(records));
});

test('the sandbox returns exactly the records that have one of the given values in each given filter', async () => {
  const some = (values: string[]) => fc.option(fc.subarray(values, { minLength: 1 }), { nil: undefined });
  const filters = fc.record({
    ids: some(records.map(({ id }) => id)),
    remote_ids: some(records.map(({ remote_id }) => remote_id ?? '')),
    user_ids: some(['user-0', 'user-1', 'user-2', 'user-5', 'user-unknown']),
    course_ids: some(['course-0', 'course-1', 'course-4', 'course-unknown']),
    updated_after: fc.option(fc.integer({ min: 0, max: 22 }), { nil: undefined }),
    include_deleted: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(filters, async (wanted) => {
      const after = wanted.updated_after === undefined ? null : Date.UTC(2026, 0, wanted.updated_after, 12);
      const expected = records.filter(
        (one) =>
          (wanted.ids?.includes(one.id) ?? true) &&
          (wanted.remote_ids?.includes(one.remote_id ?? '') ?? true) &&
          (wanted.user_ids?.includes(one.user_id ?? '') ?? true) &&
          (wanted.course_ids?.includes(one.course_revision?.course?.id ?? '') ?? true) &&
          (after === null || Date.parse(one.changed_at ?? '') > after) &&
          (wanted.include_deleted || one.remote_deleted_at === null),
      );
      const parameters: Record<string, string> = { include_deleted: String(wanted.include_deleted) };
      if (after !== null) parameters['updated_after'] = new Date(after).toISOString();
      for (const name of ['ids', 'remote_ids', 'user_ids', 'course_ids'] as const) {
        const values = wanted[name];
        if (values !== undefined) parameters[name] = values.join(',');
      }
      expect(await ids(parameters)).toEqual(idsOf(expected));
    }),
    { numRuns: 100 },
  );
});

test("a filter that the sandbox's platform does not support selects no record, unless the request ignores such filters", async () => {
  expect(await ids({ course_ids: 'course-1' }, WITHOUT_COURSES)).toEqual([]);
  expect(await ids({ course_ids: 'course-1', ignore_unsupported_filters: 'true' }, WITHOUT_COURSES)).toEqual(
    await ids({}),
  );
  expect(await ids({ course_ids: 'course-1', ignore_unsupported_filters: 'true' })).toEqual(
    await ids({ course_ids: 'course-1' }),
  );
});

test.each([
  '2026-01-10T00:00:00.000Z',
  '2026-01-10T00:00:00Z',
  '2026-01-10T00:00:00',
  '2026-01-10',
  '2026-01-10Z',
])(
  'the sandbox accepts `updated_after` as %s and does not return a record that changed at exactly this time',
  async (updated_after) => {
    expect(await ids({ updated_after, include_deleted: 'true' })).toEqual(
      idsOf(records.filter((one) => Date.parse(one.changed_at ?? '') > Date.UTC(2026, 0, 10))),
    );
  },
);

test.each([
  ['page_size', ['1', '250'], ['0', '251', '-1', '1.5', 'ten', '']],
  [
    'updated_after',
    ['2026-01-10', '2026-01-10T00:00:00.123456Z'],
    ['yesterday', '2026-01-10T00:00', '2026-01-10T00:00:00+02:00', '1767225600', ''],
  ],
  ['include_deleted', ['true', 'false'], ['1', 'TRUE', 'yes', '']],
  ['ignore_unsupported_filters', ['true', 'false'], ['0', 'no']],
  ['ids', ['progression-1', 'a,b'], []],
  ['remote_ids', ['x'], []],
  ['user_ids', ['x'], []],
  ['course_ids', ['x'], []],
])(
  "the sandbox accepts exactly those values of the parameter %s that the description of Kombo's API allows",
  async (name, good, bad) => {
    for (const value of good) {
      expect(allows(name, value)).toBe(true);
      expect((await sandbox.query(ID, { [name]: value })).status).toBe(200);
    }
    for (const value of bad) {
      expect(allows(name, value)).toBe(false);
      const refused = await sandbox.refusal(sandbox.query(ID, { [name]: value }));
      expect(refused).toMatchObject({ status: 400, code: 'PLATFORM.INPUT_INVALID' });
      expect(refused.message).toContain(name);
    }
  },
);

test('the sandbox refuses `updated_after` with a date that does not exist', async () => {
  const refused = await sandbox.refusal(sandbox.query(ID, { updated_after: '2026-13-41' }));
  expect(refused).toMatchObject({ code: 'PLATFORM.INPUT_INVALID' });
});

test("the sandbox accepts every query parameter in the description of Kombo's API and refuses unknown and repeated parameters", async () => {
  const samples: Record<string, string> = { page_size: '7', updated_after: '2026-01-01' };
  for (const name of queryParameters.filter((one) => one !== 'cursor')) {
    const { status } = await sandbox.query(ID, { [name]: samples[name] ?? 'true' });
    expect([name, status]).toEqual([name, 200]);
  }
  const headers = { 'X-Integration-Id': ID };
  for (const query of ['pagesize=10', 'page_size=10&page_size=20']) {
    const refused = await sandbox.refusal(sandbox.get(`/lms/course-progressions?${query}`, headers));
    expect(refused).toMatchObject({ status: 400, code: 'PLATFORM.INPUT_INVALID' });
  }
});
