import type { Integration } from '../../functions/contract/integration.ts';
import type { PollMessage } from '../../functions/contract/messages.ts';
import { TransientError } from '../../functions/core/errors.ts';
import type { Probe } from '../../functions/core/fleet/due.ts';
import type { Store } from '../../functions/core/ports.ts';
import type { Checkpoint } from '../../functions/core/state/checkpoint.ts';
import { dispatchHandler } from '../../functions/dispatch/handler.ts';
import { pollHandler } from '../../functions/poll/handler.ts';
import { type Random, seededRandom } from '../simulation/world/random.ts';
import { fakeKombo } from '../support/fake-kombo.ts';
import { faultyPorts } from '../support/faulty-ports.ts';
import { memoryStore } from '../support/memory-store.ts';
import { recordingPublisher } from '../support/recording-publisher.ts';
import { DAY_MS, MINUTE_MS } from '../support/test-clock.ts';
import { SETTINGS } from '../support/world.ts';
import { type Conditions, conditions } from './conditions.ts';

const START = Date.parse('2026-03-02T08:00:00.000Z');
export const INTERVAL_MS = 15 * MINUTE_MS;

/** The order in which the polls of one dispatch are received from the queue. */
export const orders = ['as sent', 'in reverse order', 'in random order'] as const;
export type Order = (typeof orders)[number];

export type WeekOptions = {
  members: number;
  kind: string;
  order: Order;
  seed: number;
  days: number;
};

/** The results of a week. Times are in poll intervals. */
export type WeekResult = {
  runs: number;
  /**
   * The longest time for which an integration waited for a run, after a successful run or before its first
   * run.
   */
  longestWait: number;
  /**
   * The longest time from the end of an outage to the next success of an integration without a failure of its
   * own.
   */
  longestRecovery: number;
  /**
   * The largest number of probes in one interval of an outage, from two intervals after the start of the
   * outage on.
   */
  probesPerInterval: number;
  /**
   * The number of integrations with a wrong `IntegrationFailing` event: an event about access, although Kombo
   * refused the integration only together with all other integrations.
   */
  wrongNotices: number;
  /**
   * The number of integrations without an `IntegrationFailing` event that should have one, because Kombo
   * refused them while it accepted other integrations.
   */
  missingNotices: number;
};

/**
 * Simulates a week of a fleet, with the real handlers of dispatch and poll. One run in fifty is killed at one
 * of its first six calls. One dispatch in fifty sends only a part of its messages and is called again a
 * minute later.
 */
export async function simulateWeek({ members, kind, order, seed, days }: WeekOptions): Promise<WeekResult> {
  const random = seededRandom(seed);
  const period = { from: START, to: START + days * DAY_MS };
  const conditionsOf = conditions[kind];
  if (conditionsOf === undefined) throw new Error(`there is no kind of failure ${kind}`);
  const what = conditionsOf({ members, period, random: random.fork() });
  const observer = observe(what, members);
  const fleet = Array.from({ length: members }, (_, number) => member(number, what, random.fork(), observer));
  const queue: { message: PollMessage; at: number }[] = [];
  const dispatch = dispatcher(fleet, what, random.fork(), (messages, now) => {
    const arranged = arrange(messages, order, random);
    for (const [place, message] of arranged.entries()) {
      // The messages are received in this order, at random times within 1 %, 40 % or 80 % of an interval.
      const at =
        now +
        1_000 +
        ((place + random.next()) / arranged.length) * random.pick([0.01, 0.4, 0.8]) * INTERVAL_MS;
      queue.push({ message, at });
    }
  });

  for (let turn = period.from; turn < period.to; turn += INTERVAL_MS) {
    observer.turns(turn);
    await dispatch(turn + random.int(0, 59_000));
    queue.sort((one, other) => one.at - other.at);
    for (let next = queue[0]; next !== undefined && next.at < turn + INTERVAL_MS; next = queue[0]) {
      queue.shift();
      const { message, at } = next;
      const again = await fleet[Number(message.integration.split(':')[1])]?.run(message, at);
      queue.push(...(again ?? []).map((sent) => ({ message: sent, at: at + MINUTE_MS })));
    }
  }
  return observer.result(
    fleet.map((each) => each.notices()),
    period.to,
  );
}

function arrange(messages: PollMessage[], order: Order, random: Random): PollMessage[] {
  switch (order) {
    case 'as sent':
      return messages;
    case 'in reverse order':
      return messages.toReversed();
    case 'in random order':
      return random.shuffle(messages);
  }
}

type Member = ReturnType<typeof member>;

/** Creates an integration with its own table, Kombo and bus. */
function member(number: number, what: Conditions, random: Random, observer: Observer) {
  let now = START;
  const integration: Integration = {
    id: `moodle:${number}`,
    state: 'active',
    baseline: { mode: 'silent' },
    addedAt: new Date(START).toISOString(),
  };
  const clock = { read: () => now, advance: (ms: number) => (now += ms) };
  const store = memoryStore(integration.id);
  const publisher = recordingPublisher();
  const kombo = fakeKombo(clock, () => []);
  kombo.beforePage = () => {
    clock.advance(random.int(100, 10_000));
    const failure = what.failure(number, now);
    observer.asked(number, now, failure);
    if (failure !== null) throw failure;
  };
  const checkpoint = () => store.place().checkpoint;
  return {
    integration,
    checkpoint: (): Checkpoint | null => (store.place().checkpoint.revision === 0 ? null : checkpoint()),
    notices: () =>
      publisher.notified.flatMap((event) =>
        event.type === 'IntegrationFailing' ? [event.detail.error.message] : [],
      ),
    /**
     * Receives one message.
     *
     * @returns the messages that the function sent to the queue
     */
    async run(message: PollMessage, at: number): Promise<PollMessage[]> {
      now = at;
      await store.changeIntegration(integration.id, () => ({
        ...integration,
        state: what.isActive(number, at) ? 'active' : 'paused',
      }));
      observer.begins(number, at);
      const sent: PollMessage[] = [];
      const fault = random.chance(0.02)
        ? { at: random.int(1, 6), kind: 'killed' as const, tookEffect: random.chance(0.5) }
        : null;
      const { ports, stopped } = faultyPorts({ store, publisher, kombo, clock: clock.read }, fault);
      const poll = pollHandler({
        ports,
        settings: SETTINGS,
        queue: { send: async (messages) => void sent.push(...messages) },
        report: () => undefined,
      });
      const event = { Records: [{ body: JSON.stringify(message) }] };
      const running = poll(event, { getRemainingTimeInMillis: () => 15 * MINUTE_MS });
      await Promise.race([running, stopped]);
      const { health, succeededAt } = checkpoint();
      observer.ends(number, now, health.state === 'healthy' && succeededAt !== null);
      return sent;
    },
  };
}

function dispatcher(
  fleet: Member[],
  what: Conditions,
  random: Random,
  send: (messages: PollMessage[], now: number) => void,
): (at: number) => Promise<void> {
  let now = START;
  let probe: Probe | null = null;
  const store: Pick<Store, 'readIntegrations' | 'readCheckpoints' | 'readProbe' | 'writeProbe'> = {
    async readIntegrations() {
      const integrations = fleet
        .filter((_, number) => what.isActive(number, now))
        .map(({ integration }) => integration);
      return { integrations, unreadable: [] };
    },
    async readCheckpoints() {
      return new Map(
        fleet.flatMap((each) => {
          const checkpoint = each.checkpoint();
          return checkpoint === null ? [] : [[each.integration.id, checkpoint]];
        }),
      );
    },
    async readProbe() {
      return probe;
    },
    async writeProbe(next) {
      probe = next;
    },
  };
  let mayFail = true;
  const dispatch = dispatchHandler({
    ports: { store: { ...memoryStore('moodle:none'), ...store }, clock: () => now },
    queue: {
      async offer(messages) {
        const fails = mayFail && random.chance(0.02);
        const taken = fails ? messages.slice(0, random.int(0, messages.length)) : messages;
        send(taken, now);
        return { taken: taken.length, error: fails ? new TransientError('the dispatch failed') : null };
      },
    },
    intervalMs: INTERVAL_MS,
    wanted: { ids: [], baseline: { mode: 'silent' } },
  });
  return async (at) => {
    now = at;
    mayFail = true;
    try {
      await dispatch();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      now += MINUTE_MS;
      mayFail = false;
      await dispatch();
    }
  };
}

type Observer = ReturnType<typeof observe>;

/**
 * The time since which an integration waits for a run, or null while it is paused. `healthy` means that its
 * last run succeeded or that it never ran.
 */
type Wait = { since: number | null; healthy: boolean };

/** Observes the runs of a week. */
function observe(what: Conditions, members: number) {
  const waits = Array.from({ length: members }, (): Wait => ({ since: null, healthy: true }));
  const successes = Array.from({ length: members }, (): number[] => []);
  const refusals = new Map<number, number>();
  let letInAt = 0;
  let runs = 0;
  let longestWait = 0;

  const waitUntil = (at: number, { since, healthy }: Wait) => {
    if (healthy && since !== null) longestWait = Math.max(longestWait, at - since);
  };
  const outageAt = (at: number) => what.outages.find(({ from, to }) => from <= at && at < to);

  return {
    turns(at: number) {
      for (const [number, wait] of waits.entries()) {
        wait.since = what.isActive(number, at) ? (wait.since ?? at) : null;
      }
    },
    begins(number: number, at: number) {
      runs += 1;
      const wait = waits[number];
      if (wait === undefined) return;
      waitUntil(at, wait);
      wait.since = at;
    },
    ends(number: number, at: number, healthy: boolean) {
      const wait = waits[number];
      if (wait !== undefined) wait.healthy = healthy;
      if (healthy) successes[number]?.push(at);
    },
    asked(number: number, at: number, failure: Error | null) {
      if (failure === null) letInAt = Math.max(letInAt, at);
      const outage = outageAt(at);
      if (outage === undefined || failure === null || what.refusedAlone.has(number)) return;
      if (at < outage.from + 2 * INTERVAL_MS) return;
      const interval = Math.floor((at - START) / INTERVAL_MS);
      refusals.set(interval, (refusals.get(interval) ?? 0) + 1);
    },
    result(notices: string[][], end: number): WeekResult {
      for (const wait of waits) waitUntil(end, wait);
      const isOfAccess = (notice: string) => /API key|KOMBO_BASE_URL/.test(notice);
      const noticed = (number: number) => notices[number]?.some(isOfAccess) ?? false;
      const all = Array.from({ length: members }, (_, number) => number);
      return {
        runs,
        longestWait: longestWait / INTERVAL_MS,
        longestRecovery: longestRecovery(what, successes, end) / INTERVAL_MS,
        probesPerInterval: Math.max(0, ...refusals.values()),
        wrongNotices: all.filter((number) => noticed(number) && !what.refusedAlone.has(number)).length,
        missingNotices:
          what.refusedAlone.size === members
            ? 0
            : [...what.refusedAlone].filter((number) => notices[number]?.length === 0).length,
      };
    },
  };
}

/**
 * Returns the longest time in milliseconds from the end of an outage to the next success of an active member
 * without a failure of its own.
 */
function longestRecovery(what: Conditions, successes: number[][], end: number): number {
  const ends = what.outages
    .map(({ to }) => to)
    .filter((to) => to < end && !what.outages.some((other) => other.from <= to && to < other.to));
  let longest = 0;
  for (const to of ends) {
    // If the next outage begins before the member has succeeded, the wait counts only until that outage
    // begins.
    const until = Math.min(end, ...what.outages.map(({ from }) => from).filter((from) => from > to));
    for (const [number, times] of successes.entries()) {
      const fails = [to, to + 2 * INTERVAL_MS].some((at) => at < until && what.failure(number, at) !== null);
      if (fails || what.refusedAlone.has(number) || !what.isActive(number, to)) continue;
      const next = times.find((at) => at >= to) ?? end;
      const by = Math.min(next, until);
      if (isActiveBetween(what, number, to, by)) longest = Math.max(longest, by - to);
    }
  }
  return longest;
}

function isActiveBetween(what: Conditions, number: number, from: number, to: number): boolean {
  for (let at = from; at < to; at += INTERVAL_MS) if (!what.isActive(number, at)) return false;
  return what.isActive(number, to);
}
