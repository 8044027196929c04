import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKombo } from '../../../functions/adapters/kombo/kombo.ts';
import { orderReplay } from '../../../functions/core/replay/order-replay.ts';
import { planReplay } from '../../../functions/core/replay/plan-replay.ts';
import { runReplay } from '../../../functions/core/replay/run-replay.ts';
import { ANY_EVENT, type EventFilter } from '../../../functions/core/replay/selection.ts';
import { steppedClock } from '../../../local/sandbox/clock.ts';
import { komboId } from '../../../local/sandbox/school/random.ts';
import { fixedRecords } from '../../support/fixed-records.ts';
import { replayWorld } from '../../support/replay-world.ts';
import { courseProgression } from './course-progression.ts';
import { KEY, openSandbox } from './sandbox-client.ts';

/** 20 learners with 4 courses each, each enrolled once. Every seventh record was removed later. */
const records = Array.from({ length: 80 }, (_, number) => {
  const [learner, course] = [number % 20, Math.floor(number / 20)];
  const plain = courseProgression(number, { learner, course });
  const [user, revision] = [komboId('user', learner), komboId('revision', course)];
  return {
    ...plain,
    user_id: user,
    course_revision_id: revision,
    remote_deleted_at: number % 7 === 0 ? '2026-01-25T00:00:00.000Z' : null,
    user: plain.user && { ...plain.user, id: user },
    course_revision: plain.course_revision && {
      ...plain.course_revision,
      id: revision,
      course: { id: komboId('course', course), remote_id: `c${course}` },
    },
  };
});

const FILTERING = 'sandbox:filtering';
const NOT_FILTERING = 'sandbox:not-filtering';
let sandbox: Awaited<ReturnType<typeof openSandbox>>;

beforeAll(async () => {
  sandbox = await openSandbox({
    clock: steppedClock(Date.UTC(2026, 1, 1)),
    integrations: [
      { id: FILTERING, records: fixedRecords(records) },
      {
        id: NOT_FILTERING,
        records: fixedRecords(records),
        unsupportedFilters: ['user_ids', 'course_ids'],
      },
    ],
  });
});
afterAll(() => sandbox.close());

/**
 * Plans and runs a replay with the sandbox.
 *
 * @returns the sent events, and the numbers of records that were read to count and to send them
 */
async function replay(id: string, filter: Partial<EventFilter>) {
  const at = replayWorld();
  const read = { count: 0, run: 0 };
  let phase: keyof typeof read = 'count';
  const real = createKombo({ baseUrl: sandbox.url, apiKey: async () => KEY, pageSize: 7 });
  const kombo: typeof real = {
    ...real,
    async readPage(...request) {
      const page = await real.readPage(...request);
      read[phase] += page.records.length;
      return page;
    },
  };
  const ports = { ...at.ports, kombo };
  const range = { from: '2026-01-01T00:00:00.000Z', to: null };
  const planned = await planReplay(
    ports,
    { ...at.integration, id },
    { range, filter: { ...ANY_EVENT, ...filter }, source: 'kombo' },
  );
  if ('refused' in planned) throw new Error(planned.refused);
  const order = { id: 'r', reason: 'a test', consumer: null, asLive: false, rate: 1000, writer: 'w' };
  await orderReplay(ports, planned.plan, order);
  phase = 'run';
  const run = { integration: id, replay: 'r', writer: 'w', timeLeft: () => true };
  const outcome = await runReplay(ports, at.settings, run);
  expect(outcome).toMatchObject({ replay: { state: 'finished', published: planned.plan.events } });
  return { sent: at.replayed().map(({ detail }) => detail.id.split('/').slice(2).join(' ')), read };
}

/** Returns the events that a filter should select, in the order of their ids. */
const meant = (isMeant: (record: (typeof records)[number]) => boolean) =>
  records
    .filter(isMeant)
    .flatMap(({ id, enrolled_at, remote_deleted_at }) => [
      `${id} LearnerEnrolled ${enrolled_at}`,
      ...(remote_deleted_at === null ? [] : [`${id} ProgressionRemoved ${remote_deleted_at}`]),
    ])
    .toSorted();

const [ANN, LAW] = [komboId('user', 3), komboId('course', 2)];
const rows: [string, Partial<EventFilter>, string[], { count: number; run: number }][] = [
  ['all learners and courses', {}, meant(() => true), { count: 80, run: 80 }],
  [
    "a learner given by Kombo's id",
    { learners: [ANN] },
    meant((one) => one.user_id === ANN),
    { count: 4, run: 4 },
  ],
  [
    "a learner given by the platform's own id",
    { learners: ['u3'] },
    meant((one) => one.user_id === ANN),
    { count: 80, run: 4 },
  ],
  [
    "a course given by Kombo's id",
    { courses: [LAW] },
    meant((one) => one.course_revision?.course.id === LAW),
    { count: 80, run: 80 },
  ],
  [
    'a course given by the id of its revision',
    { courses: [komboId('revision', 2)] },
    meant((one) => one.course_revision?.course.id === LAW),
    { count: 80, run: 80 },
  ],
];

test.each(rows)(
  'a replay from Kombo for %s sends exactly the matching events and reads the expected number of records',
  async (_, filter, wanted, read) => {
    const replayed = await replay(FILTERING, filter);

    expect(replayed.sent.toSorted()).toEqual(wanted);
    expect(replayed.read).toEqual(read);
  },
);

test.each(rows)(
  'a replay from Kombo for %s sends exactly the matching events even when the platform supports no filters',
  async (...row) => {
    const [, filter, wanted] = row;

    expect((await replay(NOT_FILTERING, filter)).sent.toSorted()).toEqual(wanted);
  },
);
