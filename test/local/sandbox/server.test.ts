import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { days, runningClock, steppedClock } from '../../../local/sandbox/clock.ts';
import type { SandboxOptions } from '../../../local/sandbox/server.ts';
import { fixedRecords } from '../../support/fixed-records.ts';
import shapes from '../../support/kombo-shapes.json' with { type: 'json' };
import { courseProgression } from './course-progression.ts';
import { KEY, openSandbox } from './sandbox-client.ts';

const ID = 'sandbox:server';
const startsAt = Date.parse('2026-03-01T12:00:00.987Z');

const open = (options: Partial<SandboxOptions> = {}) =>
  openSandbox({
    clock: steppedClock(startsAt),
    integrations: [
      { id: ID, records: fixedRecords([courseProgression(1), courseProgression(2)]) },
      { id: 'sandbox:other', records: fixedRecords() },
    ],
    ...options,
  });

test('the sandbox refuses a wrong key, a missing key and an authorization scheme other than Bearer', async () => {
  await using sandbox = await open();
  for (const Authorization of ['Bearer wrong', '', `Basic ${KEY}`, KEY]) {
    const answer = sandbox.get('/lms/course-progressions', { Authorization, 'X-Integration-Id': ID });
    expect(await sandbox.refusal(answer)).toMatchObject({
      status: 401,
      code: 'PLATFORM.AUTHENTICATION_INVALID',
    });
  }
});

test('the sandbox refuses a request with an unknown integration or without an integration', async () => {
  await using sandbox = await open();
  const unknown = { status: 404, code: 'PLATFORM.INTEGRATION_NOT_FOUND' };
  expect(await sandbox.refusal(sandbox.query('sandbox:unknown'))).toMatchObject(unknown);
  expect(await sandbox.refusal(sandbox.get('/integrations/sandbox:unknown'))).toMatchObject(unknown);
  const missing = await sandbox.refusal(sandbox.get('/lms/course-progressions'));
  expect(missing).toMatchObject({ status: 400, code: 'PLATFORM.INPUT_INVALID' });
  expect(missing.message).toContain('X-Integration-Id');
});

test('the sandbox refuses a request for an unknown path or with an unknown method', async () => {
  await using sandbox = await open();
  for (const path of ['/lms/courses', '/', '/integrations', '/lms/course-progressions/', '/integrations/%']) {
    const { status, code } = await sandbox.refusal(sandbox.get(path));
    expect([path, status, code]).toEqual([path, 404, null]);
  }
  const headers = { Authorization: `Bearer ${KEY}`, 'X-Integration-Id': ID };
  const posted = await fetch(`${sandbox.url}/lms/course-progressions`, { method: 'POST', headers });
  expect(posted.status).toBe(404);
});

test('the sandbox returns the time of its own clock in the `Date` header', async () => {
  const clock = steppedClock(startsAt);
  await using sandbox = await open({ clock });
  expect((await sandbox.query(ID)).headers.get('date')).toBe('Sun, 01 Mar 2026 12:00:00 GMT');
  clock.advance(days(1));
  const refused = await sandbox.query('sandbox:unknown');
  expect(refused.headers.get('date')).toBe('Mon, 02 Mar 2026 12:00:00 GMT');
});

test("the sandbox's responses about the key, an integration and its learners have the format in Kombo's description", async () => {
  await using sandbox = await open();
  sandbox.control.dataExpiredAt.set(ID, startsAt);
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true, uri: true } });
  const described = shapes.responses;
  const answers = [
    ['/check-api-key', described['GET /check-api-key']],
    [`/integrations/${ID}`, described['GET /integrations/{integration_id}']],
    ['/integrations/sandbox:other', described['GET /integrations/{integration_id}']],
    ['/lms/users', described['GET /lms/users']],
  ] as const;
  for (const [path, schema] of answers) {
    const check = ajv.compile(schema);
    const { body } = await sandbox.get(path, { 'X-Integration-Id': ID });
    expect([path, check(body), check.errors]).toEqual([path, true, null]);
  }
});

test('the sandbox returns the time at which the data of an integration expired, if a test has set such a time', async () => {
  await using sandbox = await open();
  const expiredAt = async (id: string) =>
    z
      .object({ data: z.object({ data_expired_at: z.nullable(z.string()) }) })
      .parse((await sandbox.get(`/integrations/${encodeURIComponent(id)}`)).body).data.data_expired_at;
  expect(await expiredAt(ID)).toBeNull();
  sandbox.control.dataExpiredAt.set(ID, startsAt);
  expect(await expiredAt(ID)).toBe('2026-03-01T12:00:00.987Z');
  expect(await expiredAt('sandbox:other')).toBeNull();
  sandbox.control.dataExpiredAt.delete(ID);
  expect(await expiredAt(ID)).toBeNull();
});

test('the sandbox counts its requests', async () => {
  await using sandbox = await open();
  await sandbox.query(ID);
  await sandbox.query('sandbox:unknown');
  expect(sandbox.control.requests).toBe(2);
});

test('a test can replace a response of the sandbox', async () => {
  await using sandbox = await open({
    intercept: ({ integration }, respond) =>
      integration === ID ? { status: 503, body: '{"status":"error"' } : respond(),
  });
  await expect(sandbox.query(ID)).rejects.toThrow(SyntaxError);
  expect((await sandbox.query('sandbox:other')).status).toBe(200);
});

test('the sandbox delays each response by the time that a test sets', async () => {
  const waits: number[] = [];
  await using sandbox = await open({
    wait: async (ms) => {
      waits.push(ms);
    },
  });
  await sandbox.query(ID);
  sandbox.control.delayMs = 100;
  await sandbox.query(ID);
  sandbox.control.delayMs = 5000;
  await sandbox.query(ID);
  expect(waits).toEqual([100, 5000]);
});

test("the running clock of the sandbox starts at the machine's time and runs at the given multiple of its speed", () => {
  let machine = startsAt;
  const clock = runningClock(3600, () => machine);
  expect(clock.now()).toBe(startsAt);
  machine += 1_500;
  expect(clock.now()).toBe(startsAt + 1_500 * 3600);
});
