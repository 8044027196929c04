import { expect, test } from 'vitest';
import { CLOCKS_MS } from '../../../functions/core/replay/journal-range.ts';
import { planReplay, type ReplayRequest } from '../../../functions/core/replay/plan-replay.ts';
import { ANY_EVENT } from '../../../functions/core/replay/selection.ts';
import { ALWAYS, polledWorld, type ReplayWorld, replayWorld } from '../../support/replay-world.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';

const planned = (at: ReplayWorld, request: Partial<ReplayRequest>) =>
  planReplay(at.ports, at.integration, {
    range: ALWAYS,
    filter: ANY_EVENT,
    source: 'journal',
    ...request,
  });
const iso = (ms: number) => new Date(ms).toISOString();

test('the plan of a replay counts the events by type, and planning writes and publishes nothing', async () => {
  const at = await polledWorld(9);
  const before = [...at.store.written];

  const plan = await at.plan(ALWAYS);

  expect(plan).toMatchObject({
    events: 9,
    byType: { LearnerEnrolled: 3, CourseCompleted: 3, CourseReopened: 3 },
    position: { source: 'journal', entry: 1, index: 0, last: 9 },
  });
  expect(at.store.written).toEqual(before);
  expect(at.bus.notified.filter(({ type }) => type === 'ReplayStarted')).toEqual([]);
});

test('the plan of a replay counts only the events that match each of the given filters', async () => {
  const at = await polledWorld(12);

  const count = async (...filter: Parameters<ReplayWorld['plan']>) => (await at.plan(...filter)).events;

  expect(await count(ALWAYS, { types: ['CourseCompleted', 'CourseReopened'] })).toBe(9);
  expect(await count(ALWAYS, { courses: ['c1'] })).toBe(6);
  expect(await count(ALWAYS, { courses: ['course-1'] })).toBe(6);
  expect(await count(ALWAYS, { learners: ['learner-of-p2'] })).toBe(4);
  expect(await count(ALWAYS, { progressions: ['p0', 'remote-p1'] })).toBe(8);
  expect(await count(ALWAYS, { progressions: ['p0'], types: ['LearnerEnrolled'] })).toBe(1);
});

test('the range of a replay is a range of `detectedAt` that includes its start and excludes its end', async () => {
  const at = await polledWorld(5);
  const [second, fourth] = [at.store.journal.get(2), at.store.journal.get(4)];

  const plan = await at.plan({ from: second?.detectedAt ?? '', to: fourth?.detectedAt ?? '' });

  expect(plan.events).toBe(2);
});

test.each([
  [{ range: { from: '2027-01-01T00:00:00.000Z', to: null } }, /--from .* future/],
  [{ range: { from: ALWAYS.from, to: '2027-01-01T00:00:00.000Z' } }, /--to .* future/],
  [{ range: { from: ALWAYS.from, to: ALWAYS.from } }, /is not after/],
  [{ range: { from: ALWAYS.from, to: '2026-01-02T00:00:00.000Z' } }, /begins at 2026-03-02T08:01:00.000Z/],
  [
    { filter: { ...ANY_EVENT, courses: ['c9'] } },
    /No event of moodle:test from 2026-01-01T00:00:00.000Z on matches the options\./,
  ],
] satisfies [Partial<ReplayRequest>, RegExp][])(
  'a replay with wrong input is refused with one line that names the mistake: %j',
  async (request, line) => {
    const answer = await planned(await polledWorld(3), request);

    expect(answer).toEqual({ refused: expect.stringMatching(line) });
    expect(JSON.stringify(answer)).not.toContain('\\n');
  },
);

test('a replay is refused when the integration has no journal yet', async () => {
  expect(await planned(replayWorld(), {})).toEqual({ refused: expect.stringMatching(/no entries yet/) });
});

test('a replay is refused when retention has removed entries of its range, and the error names the earliest accepted start', async () => {
  const at = await polledWorld(20);
  // Retention can remove a later entry before an earlier one, so entry 4 still exists.
  for (const number of [1, 2, 3, 5]) at.store.journal.delete(number);
  const complete = iso(Date.parse(at.store.journal.get(6)?.detectedAt ?? '') + CLOCKS_MS);

  const answer = await planned(at, {});
  expect(answer).toEqual({ refused: expect.stringContaining(`complete from ${complete} on`) });

  const plan = await at.plan({ from: complete, to: null });
  expect(plan.events).toBe(14);
});

test.each([
  ['the last entries of a journal', [18, 19, 20], null, null],
  ['the last entry of a journal', [20], null, null],
  ['the last entries of the range', [8, 9, 10, 11, 12], 10, 13],
  ['the entry after the range, whose date is then unknown', [11], 10, 12],
])('a replay is refused when retention has removed %s', async (...row) => {
  const [, removed, end, behind] = row;
  const at = await polledWorld(20);
  const dateOf = (number: number) => at.store.journal.get(number)?.detectedAt ?? '';
  const range = { from: dateOf(3), to: end === null ? null : dateOf(end) };
  const complete = (behind === null ? at.clock.read() : Date.parse(dateOf(behind))) + CLOCKS_MS;
  for (const number of removed) at.store.journal.delete(number);

  expect(await planned(at, { range })).toEqual({
    refused: expect.stringContaining(`complete from ${iso(complete)} on: retention removed earlier entries`),
  });
});

test('a replay is accepted when its range begins after the removed entries', async () => {
  const at = await polledWorld(20);
  at.store.journal.delete(1);

  expect((await at.plan({ from: iso(at.clock.read() - 5 * (HOUR_MS + MINUTE_MS)), to: null })).events).toBe(
    5,
  );
});

test('a replay is refused when its range includes removed entries at the start of the journal', async () => {
  const at = await polledWorld(6);
  for (const number of [1, 2]) at.store.journal.delete(number);
  const complete = iso(Date.parse(at.store.journal.get(3)?.detectedAt ?? '') + CLOCKS_MS);

  expect(await planned(at, {})).toEqual({
    refused: expect.stringContaining(`complete from ${complete} on`),
  });
});

test('when the range of a replay ends well before the journal begins, the refusal names the time at which the journal begins', async () => {
  const at = await polledWorld(1);
  const begin = Date.parse(at.store.journal.get(1)?.detectedAt ?? '');
  const until = (ms: number) => planned(at, { range: { ...ALWAYS, to: iso(begin - ms) } });

  expect(await until(CLOCKS_MS)).toEqual({ refused: expect.stringMatching(/begins at/) });
  expect(await until(CLOCKS_MS - 1)).toEqual({ refused: expect.stringMatching(/No event .* between/) });
});

test('a replay is accepted when its range ends now', async () => {
  const at = await polledWorld(1);
  expect((await at.plan({ ...ALWAYS, to: iso(at.clock.read()) })).events).toBe(1);
});

test('the plan of a replay ignores a journal entry after the last entry in the checkpoint', async () => {
  const at = await polledWorld(3);
  const entry = at.store.journal.get(3);
  if (entry === undefined) throw new Error('it is there');
  at.store.journal.clear();
  at.store.journal.set(4, { ...entry, number: 4 });

  expect(await planned(at, {})).toEqual({ refused: expect.stringMatching(/no entries left/) });
});

test('a replay is refused with one line when retention has removed all entries', async () => {
  const at = await polledWorld(2);
  at.store.journal.clear();

  expect(await planned(at, {})).toEqual({ refused: expect.stringMatching(/retention removed them/) });
});
