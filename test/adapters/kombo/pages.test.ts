import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientError } from '../../../functions/core/errors.ts';
import { failureOf, firstPage, komboAt, OFTEN } from './kombo-at.ts';
import { rawRecord } from './raw-record.ts';
import { page, refusal, type ScriptedKombo, send, startScriptedKombo } from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

describe('a page of records', () => {
  test('reading a page returns its valid records, its rejected records with reasons, the next cursor and the time of the `Date` header', async () => {
    server.replies.push(page([rawRecord(), { id: 'p2', remote_id: 3 }, rawRecord({ id: 'p3' })], 'next'));

    const read = await firstPage(komboAt(server));

    expect(read.records.map(({ state }) => state.id)).toEqual(['p1', 'p3']);
    expect(read.rejected).toEqual([{ id: 'p2', reason: 'remote_id does not fit the schema' }]);
    expect(read.next).toBe('next');
    expect(read.servedAt).toBe('2026-03-02T08:00:00.000Z');
  });

  test('the last page of Kombo has no next cursor, and may be empty', async () => {
    server.replies.push(page([]));

    expect(await firstPage(komboAt(server))).toMatchObject({ records: [], rejected: [], next: null });
  });

  test('unknown fields in a page of Kombo are ignored', async () => {
    const body = {
      status: 'success',
      meta: { took: 3 },
      data: { next: null, total: 1, results: [rawRecord()] },
    };
    server.replies.push(send(200, JSON.stringify(body)));

    expect((await firstPage(komboAt(server))).records).toHaveLength(1);
  });

  test.each([
    ['is not JSON', '<html>Bad gateway</html>', 'is not JSON'],
    ['is the beginning of JSON', '{"status":"success","data":{"next"', 'is not JSON, or ends too early'],
    ['is empty', '', 'is not JSON'],
    ['is null', 'null', "does not match Kombo's API reference (the body)"],
    ['is a list', '[]', "does not match Kombo's API reference (the body)"],
    ['has no data', '{"status":"success"}', "does not match Kombo's API reference (data)"],
    ['has no list of results', '{"status":"success","data":{"next":null}}', '(data.results)'],
    ['has no `next`', '{"status":"success","data":{"results":[]}}', '(data.next)'],
    ['has an empty cursor', '{"status":"success","data":{"next":"","results":[]}}', '(data.next)'],
    [
      'has a status other than "success"',
      '{"status":"partial","data":{"next":null,"results":[]}}',
      '(status)',
    ],
  ])(
    'when the body of a page %s, a transient error says what is wrong, and the page can be requested again',
    async (_, body, complaint) => {
      server.replies.push(send(200, body));
      const error = await failureOf(() => firstPage(komboAt(server)));

      expect(error).toBeInstanceOf(TransientError);
      expect(error.message).toContain(`${server.host} sent 200 with a body that`);
      expect(error.message).toContain(complaint);
      expect(error.message).toMatch(/: check KOMBO_BASE_URL$/);

      server.replies.push(page([rawRecord()]));
      expect((await firstPage(komboAt(server, OFTEN))).records).toHaveLength(1);
    },
  );

  test("a page without a `Date` header is refused, because without Kombo's time the watermark would depend on the machine's clock alone", async () => {
    server.replies.push((response) => {
      response.sendDate = false;
      response.end(JSON.stringify({ status: 'success', data: { next: null, results: [] } }));
    });

    const error = await failureOf(() => firstPage(komboAt(server)));

    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toMatch(/sent no Date header/);
  });

  test('a response of Kombo with an error code counts as a refusal, even with the HTTP status 200', async () => {
    server.replies.push(refusal('PLATFORM.AUTHENTICATION_INVALID', 200));

    expect((await failureOf(() => firstPage(komboAt(server)))).kind).toBe('access-refused');
  });

  test('a valid page of Kombo with the HTTP status 500 is refused', async () => {
    server.replies.push(send(500, JSON.stringify({ status: 'success', data: { next: null, results: [] } })));

    expect((await failureOf(() => firstPage(komboAt(server)))).message).toMatch(/returned 500/);
  });

  test('a page of 250 records is read completely', async () => {
    const title = 'Sécurité incendie \u{1F9EF}';
    const course_revision = { id: 'r1', remote_id: 'r', title, course: null };
    server.replies.push(
      page(Array.from({ length: 250 }, (_, n) => rawRecord({ id: `p${n}`, course_revision }))),
    );

    const { records } = await firstPage(komboAt(server));

    expect(records).toHaveLength(250);
    expect(new Set(records.map(({ course }) => course.title))).toEqual(new Set([title]));
  });
});
