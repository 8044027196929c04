import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CursorRefusedError } from '../../../functions/core/errors.ts';
import { planReplay, type ReplayRequest } from '../../../functions/core/replay/plan-replay.ts';
import type { ReplayPlan } from '../../../functions/core/replay/replay-record.ts';
import { ANY_EVENT } from '../../../functions/core/replay/selection.ts';
import { observed } from '../../support/observed.ts';
import { type ReplayWorld, replayWorld } from '../../support/replay-world.ts';
import { HOUR_MS } from '../../support/test-clock.ts';

const FROM = '2026-02-10T00:00:00.000Z';
const day = (number: number) => `2026-02-${String(number).padStart(2, '0')}T12:00:00.000Z`;

/** Creates a Kombo whose records were enrolled on the first days of February and completed ten days later. */
function kombo(records = 12): ReplayWorld {
  const at = replayWorld();
  at.kombo.pageSize = 5;
  for (let number = 1; number <= records; number += 1) {
    const state = { status: 'COMPLETED' as const, enrolledAt: day(number), completedAt: day(number + 10) };
    at.put(observed({ id: `p${(number * 7) % records}`, ...state }));
  }
  return at;
}

async function planned(at: ReplayWorld, request: Partial<ReplayRequest> = {}): Promise<ReplayPlan> {
  const answer = await planReplay(at.ports, at.integration, {
    range: { from: FROM, to: null },
    filter: ANY_EVENT,
    source: 'kombo',
    ...request,
  });
  if ('refused' in answer) throw new Error(answer.refused);
  return answer.plan;
}

const ids = (at: ReplayWorld) => at.replayed().map(({ detail }) => detail.id);

test('the plan of a replay from Kombo counts the enrolments and completions with a date in the range', async () => {
  const plan = await planned(kombo(), { range: { from: FROM, to: day(15) } });

  expect(plan).toMatchObject({ events: 7, byType: { LearnerEnrolled: 3, CourseCompleted: 4 } });
});

test('a replay from Kombo finds a record by its enrolment and completion dates, whenever the record changed last', async () => {
  const dates = fc.date({ min: new Date(FROM), max: new Date('2026-12-31'), noInvalidDate: true });
  const changed = fc.date({ min: new Date('2025-01-01'), max: new Date('2026-03-02'), noInvalidDate: true });
  await fc.assert(
    fc.asyncProperty(dates, changed, fc.integer({ min: 0, max: 26 }), async (date, changedAt, hours) => {
      const at = replayWorld();
      const enrolledAt = date.toISOString();
      const completedAt = new Date(date.getTime() + hours * HOUR_MS).toISOString();
      const state = {
        status: 'COMPLETED' as const,
        enrolledAt,
        completedAt,
        changedAt: changedAt.toISOString(),
      };
      at.shown.push({ observed: observed(state), updatedAt: changedAt.getTime() });

      const to = new Date(date.getTime() + 27 * HOUR_MS).toISOString();
      for (const range of [
        { from: enrolledAt, to: null },
        { from: enrolledAt, to },
      ]) {
        expect((await planned(at, { range })).byType).toEqual({ LearnerEnrolled: 1, CourseCompleted: 1 });
      }
    }),
  );
});

test('a replay from Kombo includes an enrolment with a future date, unless its range ends at or before this date', async () => {
  const at = replayWorld();
  const enrolledAt = '2026-04-01T09:00:00.000Z';
  at.put(observed({ enrolledAt, changedAt: '2026-02-01T10:00:00.000Z' }));

  expect((await planned(at, { range: { from: FROM, to: null } })).events).toBe(1);
  expect((await planned(at, { range: { from: enrolledAt, to: '2026-05-01T00:00:00.000Z' } })).events).toBe(1);
  await expect(planned(at, { range: { from: FROM, to: enrolledAt } })).rejects.toThrow(
    `between ${FROM} and ${enrolledAt} matches`,
  );
});

test('the plan of a replay from Kombo counts only the events that match the filters', async () => {
  expect((await planned(kombo(), { filter: { ...ANY_EVENT, progressions: ['p7'] } })).events).toBe(1);
});

test('a replay from Kombo sends exactly the events that its plan counted, only as replayed events, and does not change the stored state', async () => {
  const at = kombo();
  const plan = await planned(at);

  const outcome = await at.run(await at.order(plan));

  expect(outcome).toMatchObject({
    kind: 'ended',
    replay: { state: 'finished', events: 15, published: 15, position: { cursor: 'at-10' } },
  });
  expect(new Set(ids(at)).size).toBe(15);
  expect(at.live()).toEqual([]);
  expect(at.store.written).toEqual([]);
});

test('when Kombo no longer accepts the cursor of a replay from Kombo, the replay starts over and sends each event', async () => {
  const at = kombo();
  const replay = await at.order(await planned(at), { rate: 1 });
  let batches = 8;
  await at.run(replay, { timeLeft: () => batches-- > 0 });
  at.kombo.cursorsRefused = 1;

  expect(await at.run(replay)).toMatchObject({ replay: { state: 'finished', published: 15 } });
  expect(new Set(ids(at)).size).toBe(15);
});

test('the plan of a replay from Kombo counts no event twice when Kombo no longer accepts the cursor', async () => {
  const at = kombo();
  const { events } = await planned(at);
  at.kombo.cursorsRefused = 2;

  expect((await planned(at)).events).toBe(events);
});

test('the plan of a replay from Kombo fails with one line when Kombo repeatedly refuses the cursor, or when pages repeat', async () => {
  const refusing = kombo();
  refusing.kombo.cursorsRefused = 99;
  await expect(planned(refusing)).rejects.toMatchObject({
    name: 'IntegrationError',
    message: 'Kombo refused the page cursor 6 times in one replay. Report this to Kombo.',
    cause: expect.any(CursorRefusedError),
  });
  expect(refusing.kombo.cursorsRefused).toBe(93);

  const circling = kombo();
  const { readPage } = circling.kombo;
  circling.ports.kombo.readPage = async (request) => ({ ...(await readPage(request)), next: 'at-5' });
  await expect(planned(circling)).rejects.toThrow(/repeat without end/);
});

test('a replay from Kombo that is interrupted at any page sends each event at least once, in order per progression', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(6), { maxLength: 20 }),
      fc.integer({ min: 1, max: 4 }),
      async (stops, rate) => {
        const at = kombo(14);
        const plan = await planned(at);
        const replay = await at.order(plan, { rate });

        for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
          let left = stop;
          await at.run(replay, { timeLeft: () => left-- > 0 });
        }

        expect(new Set(ids(at)).size).toBe(plan.events);
        expect(await at.ports.replays.readReplay(at.integration.id, replay.id)).toMatchObject({
          state: 'finished',
          published: plan.events,
        });
        const last = new Map<string, string>();
        for (const { detail } of at.replayed()) {
          expect(detail.occurredAt >= (last.get(detail.progression.id) ?? '')).toBe(true);
          last.set(detail.progression.id, detail.occurredAt);
        }
      },
    ),
    { numRuns: 200 },
  );
});
