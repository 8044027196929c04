import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LearningEventType } from '../../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import { changeReplay } from '../../../functions/core/replay/order-replay.ts';
import { planReplay } from '../../../functions/core/replay/plan-replay.ts';
import type { ReplayPorts } from '../../../functions/core/replay/ports.ts';
import { runReplay } from '../../../functions/core/replay/run-replay.ts';
import type { EventFilter } from '../../../functions/core/replay/selection.ts';
import { type Happening, type ReplayWorld, replayWorld } from '../../support/replay-world.ts';

const happenings = fc.array(
  fc.record<Happening>({
    progression: fc.nat(5),
    status: fc.constantFrom('ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'),
    course: fc.nat(2),
    minutes: fc.nat(40),
  }),
  { minLength: 1, maxLength: 40 },
);

const some = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<T[]>([]) },
    { weight: 1, arbitrary: fc.subarray([...items], { minLength: 1 }) },
  );

const filters: fc.Arbitrary<EventFilter> = fc.record({
  types: some(LearningEventType.options),
  courses: some(['c0', 'course-1', 'c2']),
  learners: some([0, 1, 2, 3].map((n) => `learner-of-p${n}`)),
  progressions: some(['p0', 'p1', 'p4', 'remote-p5']),
});

/**
 * Generates a range whose ends are shares of the duration of the history. A `to` of null means that the range
 * has no end.
 */
const ranges = fc.record({
  from: fc.double({ min: -0.1, max: 0.9, noNaN: true }),
  to: fc.option(fc.double({ min: 0.1, max: 1, noNaN: true }), { nil: null }),
});

const histories = fc.record({
  happenings,
  filter: filters,
  range: ranges,
  seed: fc.infiniteStream(fc.nat(99)),
});

async function polled(list: Happening[]): Promise<{ at: ReplayWorld; begun: number }> {
  const at = replayWorld();
  const begun = at.clock.read();
  for (const [position, happening] of list.entries()) {
    at.happen(happening);
    if (position % 2 === 0) await at.poll();
  }
  await at.poll();
  return { at, begun };
}

function rangeOf(at: ReplayWorld, begun: number, { from, to }: { from: number; to: number | null }) {
  const time = (share: number) =>
    new Date(begun + Math.floor(share * (at.clock.read() - begun))).toISOString();
  return { from: time(from), to: to === null ? null : time(to) };
}

/** In about one of three calls, changes a progression and polls. */
async function pollPerhaps(at: ReplayWorld, chance: number): Promise<void> {
  if (chance > 30) return;
  const status = (['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'] as const)[chance % 4] ?? 'ENROLLED';
  at.happen({ progression: chance % 6, status, course: chance % 3, minutes: 0 });
  await at.poll();
}

test('for any filter, a replay publishes exactly the events that its plan counted, even while polls run', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async ({ happenings: list, filter, range: shares, seed }) => {
      const { at, begun } = await polled(list);
      const range = rangeOf(at, begun, shares);
      const next = () => seed.next().value ?? 0;
      const ports: ReplayPorts = {
        ...at.ports,
        store: {
          ...at.store,
          async readEntry(id, number) {
            await pollPerhaps(at, next());
            return at.store.readEntry(id, number);
          },
          async *readEntries(id, from, to) {
            for await (const entry of at.store.readEntries(id, from, to)) {
              await pollPerhaps(at, next());
              yield entry;
            }
          },
        },
      };
      const before = at.live();
      const request = { range, filter, source: 'journal' as const };
      const planned = await planReplay(ports, at.integration, request);
      await pollPerhaps(at, next());

      if ('refused' in planned) {
        expect(planned.refused).toMatch(/No event|is not after|begins at/);
        expect(wanted(before, range, filter)).toEqual([]);
        return;
      }
      const replay = await at.order(planned.plan);
      const order = { integration: at.integration.id, replay: replay.id, writer: 'w', timeLeft: () => true };
      await runReplay(ports, at.settings, order);

      const published = at.replayed();
      expect(published).toHaveLength(planned.plan.events);
      expect(wanted(published, range, filter)).toEqual(published);
      expect(
        Object.fromEntries(
          Object.entries(Object.groupBy(published, ({ type }) => type)).map(([type, events]) => [
            type,
            events.length,
          ]),
        ),
      ).toEqual(planned.plan.byType);
      const all = new Set(published.map(({ detail }) => detail.id));
      for (const { detail } of wanted(before, range, filter)) expect(all).toContain(detail.id);
    }),
    { numRuns: 300 },
  );
});

/** Returns the published events that the replay should select, computed without the journal. */
function wanted(
  events: LearningEvent[],
  range: { from: string; to: string | null },
  filter: EventFilter,
): LearningEvent[] {
  const isIn = (list: string[], ...ids: (string | null)[]) =>
    list.length === 0 || list.some((id) => ids.includes(id));
  return events.filter(
    ({ type, detail }) =>
      detail.detectedAt >= range.from &&
      (range.to === null || detail.detectedAt < range.to) &&
      isIn(filter.types, type) &&
      isIn(filter.courses, detail.course.id, detail.course.remoteId) &&
      isIn(filter.learners, detail.learner.id) &&
      isIn(filter.progressions, detail.progression.id, detail.progression.remoteId),
  );
}

const interruptions = fc.infiniteStream(
  fc.oneof(
    fc.constant('none' as const),
    fc.constantFrom(
      'killed before',
      'killed after',
      'fails before',
      'fails after',
      'time',
      'stopped',
      'partly',
    ),
  ),
);

class KilledError extends Error {}

test('a replay that is interrupted at any time sends each selected event at least once, in order per progression', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories,
      interruptions,
      fc.integer({ min: 1, max: 7 }),
      async ({ happenings: list, filter, range: shares }, faults, rate) => {
        const { at, begun } = await polled(list);
        const range = rangeOf(at, begun, shares);
        const planned = await planReplay(at.ports, at.integration, {
          range,
          filter,
          source: 'journal',
        });
        if ('refused' in planned) return;
        const selected = wanted(at.live(), range, filter);
        const live = JSON.stringify([at.store.place(), [...at.store.known], at.store.journal.size]);
        const replay = await at.order(planned.plan, { rate });

        let left = 40;
        const interrupt = () => {
          left -= 1;
          return left > 0 ? (faults.next().value ?? 'none') : 'none';
        };
        const faulty =
          <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
          async (...args: Args): Promise<Result> => {
            const fault = interrupt();
            if (fault.endsWith('before'))
              throw fault.startsWith('killed') ? new KilledError() : at.bus.failure;
            const partly = fault === 'partly' ? 1 + (left % 3) : 0;
            at.bus.fails = ({ detail }) => partly > 0 && (detail.journal?.entry ?? 0) % 4 === partly;
            const result = await call(...args);
            if (fault.endsWith('after'))
              throw fault.startsWith('killed') ? new KilledError() : at.bus.failure;
            return result;
          };
        const ports: ReplayPorts = {
          ...at.ports,
          publisher: { publish: faulty(at.bus.publish), notify: faulty(at.bus.notify) },
          replays: { ...at.ports.replays, saveReplay: faulty(at.ports.replays.saveReplay) },
        };
        for (let calls = 0; calls < 100; calls += 1) {
          const order = {
            integration: at.integration.id,
            replay: replay.id,
            writer: `w${calls}`,
            timeLeft: () => interrupt() !== 'time',
          };
          const outcome = await runReplay(ports, at.settings, order).catch(() => null);
          if (interrupt() === 'stopped') await changeOn(at, 'stopped');
          if (outcome?.kind === 'ended' && outcome.replay.state === 'finished') break;
          await changeOn(at, 'running');
        }

        expect(byProgression(at.replayed())).toEqual(byProgression(selected));
        expect(await at.ports.replays.readReplay(at.integration.id, replay.id)).toMatchObject({
          state: 'finished',
          events: selected.length,
          published: selected.length,
        });
        const notified = new Set(at.bus.notified.map(({ type }) => type));
        expect(notified).toContain('ReplayStarted');
        expect(notified).toContain('ReplayFinished');
        expect(JSON.stringify([at.store.place(), [...at.store.known], at.store.journal.size])).toBe(live);
      },
    ),
    { numRuns: 300 },
  );
});

/** Returns the ids of each progression's events, without repeated ids. */
function byProgression(events: LearningEvent[]): Map<string, string[]> {
  const seen = new Map<string, string[]>();
  for (const { detail } of events) {
    const ids = seen.get(detail.progression.id) ?? [];
    seen.set(detail.progression.id, ids.includes(detail.id) ? ids : [...ids, detail.id]);
  }
  return seen;
}

async function changeOn(at: ReplayWorld, state: 'running' | 'stopped'): Promise<void> {
  const [replay] = await at.ports.replays.readReplays(at.integration.id);
  if (replay !== undefined) await changeReplay(at.ports, replay, { state, writer: 'operator' });
}
