import { afterEach, beforeEach, expect, test } from 'vitest';
import { IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { world } from '../../support/world.ts';
import { failureOf, firstPage, HASTY, komboAt, OFTEN } from './kombo-at.ts';
import { rawRecord } from './raw-record.ts';
import {
  drip,
  type Encoding,
  page,
  type ScriptedKombo,
  send,
  spaces,
  startScriptedKombo,
} from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

test.each<[string, number, Encoding, number]>([
  ['of 65 MB', 65, 'identity', 200],
  ['without an end', Number.POSITIVE_INFINITY, 'identity', 200],
  ['of 65 MB, compressed with gzip,', 65, 'gzip', 200],
  ['of 65 MB, compressed with brotli,', 65, 'br', 200],
  ['of 65 MB, compressed with deflate,', 65, 'deflate', 200],
  ['without an end, compressed with gzip,', Number.POSITIVE_INFINITY, 'gzip', 200],
  ['of 65 MB, with an error status,', 65, 'gzip', 503],
])(
  'a response body %s from Kombo is aborted as too large, and the request is not retried',
  async (_, megabytes, encoding, status) => {
    server.replies.push(spaces(megabytes, encoding, status));

    const error = await failureOf(() => firstPage(komboAt(server, OFTEN)));

    expect(error).toBeInstanceOf(IntegrationError);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ sent a response of more than 64 MB: /);
    expect(server.asked).toHaveLength(1);
  },
);

test('a response body of 63 MB from Kombo is read', async () => {
  const long = rawRecord({ remote_data: 'a'.repeat(63 * 1024 * 1024) });
  server.replies.push(page([long, rawRecord({ id: 'p2' })]));

  expect((await firstPage(komboAt(server))).records).toHaveLength(2);
});

test.each([
  ['lists in lists', '['.repeat(2_100_000) + ']'.repeat(2_100_000)],
  ['objects in objects', '{"a":'.repeat(2_100_000) + '1' + '}'.repeat(2_100_000)],
  ['empty objects', `[${'{},'.repeat(1_100_000)}{}]`],
  ['numbers', `[${'1,'.repeat(2_100_000)}1]`],
])(
  'a response body of a few megabytes with more than 2 million values (%s) is refused before it is parsed, because they need more memory than a function has',
  async (_, json) => {
    const data = `{"next":null,"results":[{"remote_data":${json}}]}`;
    server.replies.push(send(200, `{"status":"success","data":${data}}`));

    const error = await failureOf(() => firstPage(komboAt(server, OFTEN)));

    expect(error).toBeInstanceOf(IntegrationError);
    expect(error.message).toContain('sent a response of more than 2 million values');
    expect(server.asked).toHaveLength(1);
  },
);

test('a page of more than 10,000 records is refused', async () => {
  server.replies.push(page(Array.from({ length: 10_001 }, () => [])));

  const error = await failureOf(() => firstPage(komboAt(server)));

  expect(error).toBeInstanceOf(TransientError);
  expect(error.message).toContain("does not match Kombo's API reference (data.results)");
});

test('a response body that arrives slowly and never ends is aborted at the time limit with a transient error', async () => {
  server.replies.push(drip);

  const error = await failureOf(() => firstPage(komboAt(server, HASTY)));

  expect(error).toBeInstanceOf(TransientError);
  expect(error.message).toContain('did not send a whole response within');
});

test("a change that a poll could not read because Kombo's response was too large is published by a later poll", async () => {
  const it = world();
  it.ports.kombo = komboAt(server);
  server.replies.push(page([rawRecord()]));
  await it.poll();
  server.replies.splice(0, 1, spaces(65));
  expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });

  const completed_at = '2026-03-02T07:00:00.000Z';
  server.replies.splice(
    0,
    1,
    page([rawRecord({ status: 'COMPLETED', completed_at, changed_at: completed_at })]),
  );
  await it.poll();

  expect(it.types()).toEqual(['CourseCompleted']);
});
