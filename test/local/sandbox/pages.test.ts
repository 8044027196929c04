import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { days, steppedClock } from '../../../local/sandbox/clock.ts';
import type { ProgressionRecord } from '../../../local/sandbox/records.ts';
import { DEFAULT_SCHOOL, livingSchool } from '../../../local/sandbox/school/school.ts';
import { syntheticRecords } from '../../../local/sandbox/synthetic-records.ts';
import { fixedRecords } from '../../support/fixed-records.ts';
import { courseProgression } from './course-progression.ts';
import { openSandbox } from './sandbox-client.ts';

const ID = 'sandbox:pages';
const startsAt = Date.UTC(2026, 2, 1);
const manyRecords = (count: number) =>
  Array.from({ length: count }, (_, number) => courseProgression(number));
const idsOf = (records: ProgressionRecord[]) => records.map(({ id }) => id);

test('all pages of the sandbox together contain every record once when nothing changes in between', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 25 }), async (count, size) => {
      const records = manyRecords(count);
      await using sandbox = await openSandbox({
        clock: steppedClock(startsAt),
        integrations: [{ id: ID, records: fixedRecords(records) }],
      });
      const pages = await sandbox.pass(ID, { page_size: String(size) });
      expect(idsOf(pages.flat())).toEqual(idsOf(records));
      expect(pages.length).toBe(Math.max(1, Math.ceil(count / size)));
    }),
    { numRuns: 25 },
  );
});

test('a page of the sandbox has 100 records by default', async () => {
  await using sandbox = await openSandbox({
    clock: steppedClock(startsAt),
    integrations: [{ id: ID, records: fixedRecords(manyRecords(201)) }],
  });
  expect((await sandbox.pass(ID)).map((page) => page.length)).toEqual([100, 100, 1]);
});

test('the pages of the sandbox for `updated_after` contain exactly the records that changed after this time and are not erased', async () => {
  {
    const clock = steppedClock(startsAt);
    const school = livingSchool({ ...DEFAULT_SCHOOL, integration: ID, startsAt });
    await using sandbox = await openSandbox({ clock, integrations: [{ id: ID, records: school }] });
    const parameters = { page_size: '50', include_deleted: 'true' };
    const before = (await sandbox.pass(ID, parameters)).flat();
    clock.advance(days(5));
    const after = (await sandbox.pass(ID, parameters)).flat();
    const updated = (
      await sandbox.pass(ID, { ...parameters, updated_after: new Date(startsAt).toISOString() })
    ).flat();
    const known = new Map(before.map((record) => [record.id, record.changed_at]));
    const changed = after.filter(({ id, changed_at, user }) => user !== null && known.get(id) !== changed_at);
    expect(updated.length).toBeGreaterThan(3);
    expect(new Set(idsOf(updated))).toEqual(new Set(idsOf(changed)));
  }
});

test('the sandbox skips a record when an earlier record changes between two pages, as the real API may', async () => {
  const clock = steppedClock(startsAt);
  const school = livingSchool({ ...DEFAULT_SCHOOL, integration: ID, startsAt });
  await using sandbox = await openSandbox({ clock, integrations: [{ id: ID, records: school }] });
  const parameters = { page_size: '100', include_deleted: 'true' };
  const first = await sandbox.page(ID, parameters);
  clock.advance(days(10));
  const all = idsOf((await sandbox.pass(ID, parameters)).flat());
  const seen = new Set(idsOf(first.results));
  let cursor = first.next;
  while (cursor !== null) {
    const page = await sandbox.page(ID, { ...parameters, cursor });
    for (const { id } of page.results) seen.add(id);
    cursor = page.next;
  }
  expect(all.filter((id) => !seen.has(id))).not.toEqual([]);
});

describe('the cursors of the sandbox', () => {
  const open = () =>
    openSandbox({
      clock: steppedClock(startsAt),
      integrations: [
        { id: ID, records: fixedRecords(manyRecords(30)) },
        { id: 'sandbox:other', records: fixedRecords(manyRecords(30)) },
      ],
    });
  const refused = { status: 400, code: 'PLATFORM.INPUT_INVALID' };

  test('the sandbox refuses a malformed cursor', async () => {
    await using sandbox = await open();
    for (const cursor of ['', 'x', 'bm9uc2Vuc2U', Buffer.from('{"place":-1}').toString('base64url')]) {
      expect(await sandbox.refusal(sandbox.query(ID, { cursor }))).toMatchObject(refused);
    }
  });

  test('the sandbox refuses a cursor when the filters or the integration of the request changed, but accepts another page size', async () => {
    await using sandbox = await open();
    const { next } = await sandbox.page(ID, { page_size: '10' });
    const cursor = next ?? '';
    expect(cursor).toMatch(/^[\w-]+$/);
    const include_deleted = 'true';
    expect(await sandbox.refusal(sandbox.query(ID, { cursor, include_deleted }))).toMatchObject(refused);
    expect(await sandbox.refusal(sandbox.query('sandbox:other', { cursor }))).toMatchObject(refused);
    const rest = await sandbox.page(ID, { page_size: '20', cursor });
    expect(idsOf(rest.results)).toEqual(idsOf(manyRecords(30).slice(10)));
  });
});

describe('a million synthetic records', () => {
  const records = syntheticRecords({ integration: ID, count: 1_000_000, createdAt: startsAt });
  records.change(10_000, startsAt + days(1));
  records.change(20_000, startsAt + days(3));
  const open = () => openSandbox({ clock: steppedClock(startsAt), integrations: [{ id: ID, records }] });

  test('the sandbox serves a million synthetic records by page, by `updated_after` and by id', async () => {
    await using sandbox = await open();
    const updatedSince = async (since: number) =>
      (await sandbox.pass(ID, { page_size: '250', updated_after: new Date(since).toISOString() })).flat();
    const first = await updatedSince(startsAt);
    expect(first).toHaveLength(100);
    expect(new Set(first.map(({ status }) => status))).toEqual(new Set(['COMPLETED']));
    expect(await updatedSince(startsAt + days(2))).toHaveLength(50);

    const view = records.at(startsAt);
    const wanted = [999_999, 0, 123_456].map((place) => view.record(place));
    const ids = [...idsOf(wanted), 'unknown'].join(',');
    expect(idsOf((await sandbox.page(ID, { ids })).results).sort()).toEqual(idsOf(wanted).sort());
    expect(idsOf((await sandbox.pass(ID, { ids, page_size: '1' })).flat()).sort()).toEqual(
      idsOf(wanted).sort(),
    );
  });

  test("each of the sandbox's synthetic records has a unique id of 24 characters", () => {
    const view = records.at(startsAt);
    const ids = new Set(Array.from({ length: 1000 }, (_, place) => view.record(place * 997).id));
    expect(ids.size).toBe(1000);
    for (const id of ids) expect(id).toHaveLength(24);
  });
});
