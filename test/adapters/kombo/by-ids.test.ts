import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createKombo } from '../../../functions/adapters/kombo/kombo.ts';
import { IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { failureOf, komboAt, ONCE } from './kombo-at.ts';
import { rawRecord, removedRecord } from './raw-record.ts';
import {
  API_KEY,
  INTEGRATION,
  page,
  refusal,
  type ScriptedKombo,
  startScriptedKombo,
} from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

const manyIds = (count: number, length = 24) =>
  Array.from({ length: count }, (_, number) => String(number).padStart(length, 'p'));
const askedIds = () => server.asked.map(({ query }) => query['ids']?.split(',') ?? []);

describe('the records with given ids', () => {
  test('`readByIds` returns the requested records, even removed ones, and lists invalid records separately with the reason', async () => {
    server.replies.push(
      page([rawRecord({ id: 'a' }), removedRecord({ id: 'b' }), rawRecord({ id: 'c', status: 1 })]),
    );

    const { records, rejected } = await komboAt(server).readByIds(INTEGRATION, ['a', 'b', 'c', 'gone']);

    expect(records.map(({ state }) => state.id)).toEqual(['a', 'b']);
    expect(rejected).toEqual([{ id: 'c', reason: 'status does not fit the schema' }]);
    expect(server.asked[0]?.query).toEqual({ ids: 'a,b,c,gone', include_deleted: 'true', page_size: '250' });
    expect(server.asked[0]?.headers['x-integration-id']).toBe(INTEGRATION);
  });

  test('`readByIds` reads all pages, with the configured page size', async () => {
    server.replies.push(page([rawRecord({ id: 'a' })], '2'), page([rawRecord({ id: 'b' })]));
    const kombo = createKombo({ ...server, apiKey: async () => API_KEY, retryBudget: ONCE, pageSize: 1 });

    const { records } = await kombo.readByIds(INTEGRATION, ['a', 'b']);

    expect(records.map(({ state }) => state.id)).toEqual(['a', 'b']);
    expect(server.asked.map(({ query }) => [query['cursor'], query['ids'], query['page_size']])).toEqual([
      [undefined, 'a,b', '1'],
      ['2', 'a,b', '1'],
    ]);
  });

  test('`readByIds` reads 250 records with three requests, even if each id is passed twice', async () => {
    const ids = manyIds(250);

    await komboAt(server).readByIds(INTEGRATION, [...ids, ...ids]);

    expect(askedIds().map((asked) => asked.length)).toEqual([100, 100, 50]);
    expect(askedIds().flat()).toEqual(ids);
  });

  test('`readByIds` splits 60 long ids into requests whose URLs are shorter than 4 KB', async () => {
    const ids = manyIds(60, 341);

    await komboAt(server).readByIds(INTEGRATION, ids);

    expect(askedIds().flat()).toEqual(ids);
    expect(Math.max(...server.asked.map(({ length }) => length))).toBeLessThan(4_096);
  });

  test('`readByIds` makes no request when no ids are passed', async () => {
    expect(await komboAt(server).readByIds(INTEGRATION, [])).toEqual({ records: [], rejected: [] });
    expect(server.asked).toEqual([]);
  });

  test('`readByIds` leaves out a record whose id was not requested, because a server may ignore the filter', async () => {
    server.replies.push(
      page([rawRecord({ id: 'a' }), rawRecord({ id: 'z' }), rawRecord({ id: 'y', status: 1 })]),
    );

    const { records, rejected } = await komboAt(server).readByIds(INTEGRATION, ['a']);

    expect(records.map(({ state }) => state.id)).toEqual(['a']);
    expect(rejected).toEqual([]);
  });
});

describe('the pages of the records with given ids', () => {
  test('`readByIds` stops with an IntegrationError when a page cursor repeats', async () => {
    server.replies.push(page([], 'again'));

    const error = await failureOf(() => komboAt(server).readByIds(INTEGRATION, manyIds(50)));

    expect(error).toBeInstanceOf(IntegrationError);
    expect(error.message).toMatch(/the page cursor repeats/);
    expect(server.asked).toHaveLength(2);
  });

  test('`readByIds` stops with an IntegrationError when there are more pages than requested ids', async () => {
    for (let number = 0; number < 9; number++) server.replies.push(page([], `cursor-${number}`));

    const error = await failureOf(() => komboAt(server).readByIds(INTEGRATION, ['a', 'b']));

    expect(error).toBeInstanceOf(IntegrationError);
    expect(server.asked).toHaveLength(3);
  });

  test('`readByIds` throws a transient error when Kombo refuses a page cursor', async () => {
    server.replies.push(page([], 'next'), refusal('PLATFORM.INPUT_INVALID', 400));

    const error = await failureOf(() => komboAt(server).readByIds(INTEGRATION, ['a', 'b']));

    expect(error).toBeInstanceOf(TransientError);
  });
});
