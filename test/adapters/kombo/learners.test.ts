import { afterEach, beforeEach, expect, test } from 'vitest';
import { steppedClock } from '../../../local/sandbox/clock.ts';
import { startSandbox } from '../../../local/sandbox/server.ts';
import { courseProgression } from '../../local/sandbox/course-progression.ts';
import { fixedRecords } from '../../support/fixed-records.ts';
import { komboAt } from './kombo-at.ts';
import { API_KEY, INTEGRATION, type ScriptedKombo, startScriptedKombo, success } from './scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

test("a learner is found at Kombo by e-mail address or by the platform's own id", async () => {
  const user = (number: number, work_email: string | null) => ({
    ...courseProgression(number),
    user: { id: `user-${number}`, remote_id: `u${number}`, first_name: null, last_name: null, work_email },
  });
  const records = fixedRecords([user(1, 'ada@example.com'), user(2, 'mary@example.com'), user(3, null)]);
  const sandbox = await startSandbox({
    apiKey: API_KEY,
    clock: steppedClock(Date.parse('2026-03-01T12:00:00.000Z')),
    integrations: [{ id: INTEGRATION, records }],
  });
  const kombo = komboAt({ baseUrl: sandbox.url });

  expect(await kombo.findLearners(INTEGRATION, { email: 'ada@example.com' })).toEqual(['user-1']);
  expect(await kombo.findLearners(INTEGRATION, { email: 'nobody@example.com' })).toEqual([]);
  expect(await kombo.findLearners(INTEGRATION, { remoteId: 'u3' })).toEqual(['user-3']);
  await sandbox.close();
});

test('only learners with the given e-mail address (in any case) or platform id are returned, even if Kombo ignores the filter', async () => {
  const users = [
    { id: 'a', remote_id: '1', work_email: 'Ada@Example.com' },
    { id: 'b', remote_id: '2', work_email: null },
    { id: 'c', remote_id: '1', work_email: 'ada@example.com.evil' },
  ];
  for (let reply = 0; reply < 2; reply += 1) server.replies.push(success({ next: null, results: users }));
  const kombo = komboAt(server);

  expect(await kombo.findLearners(INTEGRATION, { email: 'ada@example.com' })).toEqual(['a']);
  expect(await kombo.findLearners(INTEGRATION, { remoteId: '1' })).toEqual(['a', 'c']);
  expect(server.asked).toMatchObject([
    { path: '/v1/lms/users', query: { work_emails: 'ada@example.com', include_deleted: 'true' } },
    { path: '/v1/lms/users', query: { remote_ids: '1' } },
  ]);
});
