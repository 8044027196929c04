import { expect, test } from 'vitest';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { NOTHING_WAITS } from '../../../functions/core/episodes/waiting-count.ts';
import { type StatusFacts, statusOf } from '../../../functions/core/operator/status.ts';
import { type Checkpoint, type Failure, newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { startRun } from '../../../functions/core/state/run-progress.ts';
import { entryOf, observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');

const facts = (checkpoint: Partial<Checkpoint> | null, rest: Partial<StatusFacts> = {}): StatusFacts => ({
  integration: {
    id: 'moodle:test',
    state: 'active',
    baseline: { mode: 'silent' },
    addedAt: '2026-03-01T08:00:00.000Z',
  },
  checkpoint: checkpoint && { ...newCheckpoint('moodle:test'), ...checkpoint },
  lease: null,
  setAside: 0,
  firstEntry: null,
  nextEntry: null,
  events: null,
  ...rest,
});

const troubled = (kind: Failure['kind']): Checkpoint['health'] => ({
  state: 'failing',
  since: '2026-03-02T07:00:00.000Z',
  failures: 3,
  failedAt: '2026-03-02T07:50:00.000Z',
  retryAt: '2026-03-02T08:10:00.000Z',
  needsNotice: true,
  notified: true,
  failure: { kind, code: 'CODE', message: 'why', logUrl: null },
});

const held: Checkpoint['held'] = {
  since: '2026-03-02T07:00:00.000Z',
  mode: 'incremental',
  waiting: { ...NOTHING_WAITS, total: 40, kinds: { removed: 40 } },
  limit: 25,
  surge: 0,
  sample: ['p1'],
  stoppedAt: { startedAt: '2026-03-02T06:50:00.000Z', pass: 1, cursor: 'at-100' },
  counting: null,
  chunks: [],
  notice: 'published',
};
const watermark = '2026-03-02T07:55:00.000Z';

test.each([
  ['not started', null],
  ['not started', {}],
  ['healthy', { watermark }],
  ['held', { watermark, held, health: troubled('integration') }],
  ['failing', { watermark, health: troubled('integration') }],
  ['failing', { health: troubled('access-refused') }],
  ['failing', { health: troubled('deployment') }],
  ['waiting', { health: troubled('waiting') }],
  ['retrying', { watermark, health: troubled('transient') }],
] satisfies [string, Partial<Checkpoint> | null][])(
  'the status of an integration is "%s" for the checkpoint %j',
  (condition, checkpoint) => {
    expect(statusOf(facts(checkpoint), NOW).condition).toBe(condition);
  },
);

test('the status is "first sync" while the first sync is repeated because Kombo\'s data is expired', async () => {
  const { poll, kombo, put, store } = world();
  put(observed({ removedAt: '2026-02-20T00:00:00.000Z' }));
  kombo.dataExpiredAt = '2026-03-01T00:00:00.000Z';
  await poll();
  expect(statusOf(facts(store.place().checkpoint), NOW).condition).toBe('first sync');
});

test('the status of a paused integration is "paused", even if changes are held', () => {
  const paused = { ...facts(null).integration, state: 'paused' as const };
  expect(statusOf(facts({ held }, { integration: paused }), NOW).condition).toBe('paused');
});

test('the changes of a hold count as complete only while the run is at the page where it stopped', () => {
  const { startedAt = '', ...position } = { ...held.stoppedAt };
  const run = { ...startRun('incremental', null, newCheckpoint('moodle:test'), startedAt), ...position };
  expect(statusOf(facts({ held, run }), NOW).held?.complete).toBe(true);
  expect(statusOf(facts({ held, run: null }), NOW).held?.complete).toBe(false);
});

test('the status of an integration shows the age of the watermark, the end of the lease, the failure and the size of the journal', () => {
  const lease = { owner: 'w', until: '2026-03-02T08:01:00.000Z' };
  const checkpoint = { watermark, entry: 120, known: 7, health: troubled('integration') };

  expect(statusOf(facts(checkpoint, { lease, setAside: 2, firstEntry: 21 }), NOW)).toMatchObject({
    staleMs: 5 * 60_000,
    workerUntil: lease.until,
    failures: 3,
    failure: { message: 'why', since: '2026-03-02T07:00:00.000Z' },
    known: 7,
    setAside: 2,
    journal: { first: 21, last: 120, entries: 100 },
  });
});

test('the status of an integration does not show an expired lease', () => {
  const lease = { owner: 'w', until: '2026-03-02T07:59:00.000Z' };
  expect(statusOf(facts({}, { lease }), NOW).workerUntil).toBeNull();
});

test('the status of an integration shows the pages and records of a first sync in progress', async () => {
  const at = world();
  at.kombo.pageSize = 1;
  at.put(observed({ id: 'p1' }), observed({ id: 'p2' }));
  await at.poll({ timeLeft: () => false });
  const status = () =>
    statusOf(facts(at.store.place().checkpoint, { integration: at.integration }), at.clock.read());

  expect(status()).toMatchObject({
    condition: 'first sync',
    run: { mode: 'baseline', pages: 1, records: 1 },
  });

  await at.poll();
  at.clock.advance(HOUR_MS);
  expect(status()).toMatchObject({ condition: 'healthy', run: null, known: 2, staleMs: HOUR_MS });
});

test("the status of an integration shows Kombo's rate limit until the limit ends", () => {
  const limitedUntil = '2026-03-02T08:05:00.000Z';

  expect(statusOf(facts({ watermark, limitedUntil }), NOW)).toMatchObject({
    condition: 'healthy',
    limitedUntil,
  });
  expect(statusOf(facts({ watermark, limitedUntil }), Date.parse(limitedUntil)).limitedUntil).toBeNull();
  expect(statusOf(facts(null), NOW).limitedUntil).toBeNull();
});

test('the status of an integration shows the number of a journal entry that is not published yet, and how many events the entry has', () => {
  const change = decideEvents(null, observed(), new Date(NOW).toISOString());
  if (change === null) throw new Error('a first sight is a change');
  const nextEntry = entryOf([{ ...change, events: ['CourseCompleted', 'ProgressionRemoved'] }], 7);

  expect(statusOf(facts({ entry: 6 }, { nextEntry }), NOW).unpublished).toEqual({ entry: 7, events: 2 });
  expect(statusOf(facts({ entry: 6 }, { nextEntry: entryOf([], 7) }), NOW).unpublished).toBeNull();
  expect(statusOf(facts({ entry: 6 }), NOW).unpublished).toBeNull();
});
