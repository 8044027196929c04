import type { Status } from '../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../functions/contract/learning-events.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { orderReplay, type ReplayOrder } from '../../functions/core/replay/order-replay.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import type { ReplayPorts } from '../../functions/core/replay/ports.ts';
import type { ReplayPlan, ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { type ReplayOutcome, type ReplayRun, runReplay } from '../../functions/core/replay/run-replay.ts';
import { ANY_EVENT, type EventFilter, type TimeRange } from '../../functions/core/replay/selection.ts';
import { memoryReplays } from './memory-replays.ts';
import { observed } from './observed.ts';
import { HOUR_MS, MINUTE_MS } from './test-clock.ts';
import { type World, world } from './world.ts';

/** A change of one progression. Before the change, the clock advances by `minutes`. */
export type Happening = { progression: number; status: Status; course: number; minutes: number };

export type ReplayWorld = World & {
  ports: ReplayPorts;
  /** Advances the clock by `minutes`, and then makes Kombo show the change. */
  happen(happening: Happening): void;
  plan(range: TimeRange, filter?: Partial<EventFilter>): Promise<ReplayPlan>;
  order(plan: ReplayPlan, order?: Partial<ReplayOrder>): Promise<ReplayRecord>;
  run(replay: Pick<ReplayRecord, 'id'>, run?: Partial<ReplayRun>): Promise<ReplayOutcome>;
  replayed(): LearningEvent[];
  live(): LearningEvent[];
};

/**
 * Creates an integration that publishes everything from the first sync on, with the ports of replays. Waiting
 * advances the clock.
 */
export function replayWorld(settings: Partial<RunSettings> = {}): ReplayWorld {
  const base = world({ mode: 'publish' }, { surgeFloor: 1_000_000, ...settings });
  const { clock, store, integration } = base;
  const ports: ReplayPorts = {
    ...base.ports,
    replays: memoryReplays(store),
    stopwatch: clock.read,
    sleep: async (ms) => clock.advance(ms),
  };
  let writers = 0;
  const writer = () => {
    writers += 1;
    return `writer-${writers}`;
  };
  return {
    ...base,
    ports,
    happen({ progression, status, course, minutes }) {
      clock.advance(minutes * MINUTE_MS);
      const now = new Date(clock.read()).toISOString();
      base.put(
        observed(
          { id: `p${progression}`, status, completedAt: status === 'COMPLETED' ? now : null, changedAt: now },
          { course: { ...observed().course, id: `c${course}`, remoteId: `course-${course}` } },
        ),
      );
    },
    async plan(range, filter = {}) {
      const request = { range, filter: { ...ANY_EVENT, ...filter }, source: 'journal' as const };
      const planned = await planReplay(ports, integration, request);
      if ('refused' in planned) throw new Error(planned.refused);
      return planned.plan;
    },
    order: (plan, order = {}) =>
      orderReplay(ports, plan, {
        id: 'again',
        reason: 'a test',
        consumer: 'certificates',
        asLive: false,
        rate: 100,
        writer: writer(),
        ...order,
      }),
    run: ({ id }, run = {}) =>
      runReplay(ports, base.settings, {
        integration: integration.id,
        replay: id,
        writer: writer(),
        timeLeft: () => true,
        ...run,
      }),
    replayed: () => base.bus.published.filter(({ detail }) => detail.replay !== undefined),
    live: () => base.bus.published.filter(({ detail }) => detail.replay === undefined),
  };
}

/**
 * Creates an integration and polls it `polls` times, with an hour between two polls. Each poll publishes an
 * enrolment or completion of one of three progressions.
 */
export async function polledWorld(polls: number, settings: Partial<RunSettings> = {}): Promise<ReplayWorld> {
  const at = replayWorld(settings);
  for (let poll = 0; poll < polls; poll += 1) {
    const status = Math.floor(poll / 3) % 2 === 0 ? 'ENROLLED' : 'COMPLETED';
    at.happen({ progression: poll % 3, status, course: poll % 2, minutes: 1 });
    await at.poll();
    at.clock.advance(HOUR_MS);
  }
  return at;
}

/** A range from before the first event, without an end. */
export const ALWAYS: TimeRange = { from: '2026-01-01T00:00:00.000Z', to: null };
