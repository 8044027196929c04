import type { PollMode } from '../../functions/contract/messages.ts';
import { checkPromises } from './checks/promises.ts';
import { changedItems, tableItems } from './checks/silence.ts';
import type { Accuse, Violation } from './checks/violation.ts';
import { checkWrites } from './checks/writes.ts';
import { INTEGRATION, type Invocations, invocations } from './invocation.ts';
import type { InvocationEnd } from './invocation-end.ts';
import type { Scenario } from './scenario.ts';
import { type World, worldOf } from './world/world.ts';

const MINUTE = 60_000;
/** A time in milliseconds that is longer than any write can be delayed. */
const ALL_WRITES_DONE_MS = 11 * MINUTE;
/**
 * The number of calls that are enough for a held run: more than twice the number of pages of a school. If
 * each call has time for one page, a held run needs one call per page to count the changes, and one call per
 * page to publish them.
 */
const MAX_ROUNDS = 200;

export type HistoryEnd = {
  violations: Violation[];
  events: number;
  faults: number;
  /** The number of occurrences of each kind, by name. */
  counts: ReadonlyMap<string, number>;
  trace: string[];
  hash: string;
};

/**
 * Runs one history: first changes and polls with faults, then polls without faults. At the end, checks the
 * results against the promises.
 */
export async function liveThrough(scenario: Scenario, isTraced = false): Promise<HistoryEnd> {
  const world = worldOf(scenario, isTraced);
  const violations: Violation[] = [];
  const accuse: Accuse = (promise, evidence) => {
    world.trace.note(() => `BROKEN ${promise}: ${evidence}`);
    violations.push({ promise, evidence });
  };
  try {
    await world.time.run(() => history(world, accuse));
  } catch (error) {
    accuse('every history ends', error instanceof Error ? `${error.stack}` : String(error));
  }
  const { bus, faults, trace, counts } = world;
  for (const { type } of new Map(bus.received.map((event) => [event.id, event])).values()) {
    counts.add(`event: ${type}`);
  }
  return {
    violations,
    events: bus.received.length,
    faults: faults.count(),
    counts: counts.all(),
    trace: trace.lines(),
    hash: trace.hash(),
  };
}

async function history(world: World, accuse: Accuse): Promise<void> {
  const { service, faults, time, bus, table, trace } = world;
  const workers = invocations(world);
  const running = new Set<Promise<void>>();

  checkWrites(world, accuse);
  await turbulentTimes(world, workers, running, accuse);
  service.life.end();
  faults.stop();
  service.chains.settle();
  trace.note(() => 'the faults stop');

  await pollUntilQuiet(world, workers, accuse);
  await Promise.all(running);
  await time.sleep(ALL_WRITES_DONE_MS);
  await pollUntilQuiet(world, workers, accuse);

  trace.note(() => 'reconciliation');
  const before = bus.received.length;
  await pollUntilQuiet(world, workers, accuse, 'reconcile');
  checkNothingWasMissed(world, before, accuse);

  if ([...service.life.school.records.values()].some(({ isGarbled }) => isGarbled)) {
    await readWhatWasSetAside(world, workers, accuse);
  }

  while (isErasureNear(service.life.school.records.values(), time.now())) {
    await time.sleep(2 * ERASURE_NEAR_MS);
    await pollUntilQuiet(world, workers, accuse, 'reconcile');
  }

  trace.note(() => 'silence');
  const items = tableItems(table);
  const received = bus.received.length;
  await time.sleep(20 * MINUTE);
  await pollUntilQuiet(world, workers, accuse);
  await pollUntilQuiet(world, workers, accuse, 'reconcile');
  if (bus.received.length > received) {
    accuse(
      'no event when nothing happened',
      `published again: ${bus.received
        .slice(received)
        .map(({ json }) => json)
        .join('\n')}`,
    );
  }
  for (const key of changedItems(items, tableItems(table)))
    accuse('no event when nothing happened', `${key} was written`);

  for (const write of world.overtaken.writes) accuse('a worker that lost its lease stops', write);
  await checkPromises(world, workers.observer(), accuse);
}

const ANONYMISED_AFTER_MS = 14 * 24 * 60 * MINUTE;
const ERASURE_NEAR_MS = 60 * MINUTE;

/**
 * Returns whether, for any record, the 14 days after its removal end within an hour or ended less than an
 * hour ago. After 14 days, a removed record without names counts as erased.
 */
function isErasureNear(records: Iterable<{ removedAt: number | null }>, now: number): boolean {
  return [...records].some(
    ({ removedAt }) =>
      removedAt !== null && Math.abs(removedAt + ANONYMISED_AFTER_MS - now) < ERASURE_NEAR_MS,
  );
}

/** Runs polls, one at a time or several at the same time, while the school changes and faults occur. */
async function turbulentTimes(
  world: World,
  workers: Invocations,
  running: Set<Promise<void>>,
  accuse: Accuse,
): Promise<void> {
  const { scenario, service, time, random } = world;
  const { life } = service;
  life.begin();
  await workers.add();
  const live = async () => {
    while (life.operationsLeft() > 0) {
      await time.sleep(random.int(0, random.pick([5_000, scenario.pauseMs])));
      life.happen();
    }
  };
  running.add(live());

  const longPauseBefore = scenario.longPauseMs === 0 ? -1 : random.int(1, scenario.polls - 1);
  for (let polls = 0; polls < scenario.polls; polls++) {
    await time.sleep(random.int(0, scenario.pauseMs));
    if (polls === longPauseBefore) {
      await time.sleep(scenario.longPauseMs);
      life.passTime();
      running.add(live());
    }
    const mode = random.chance(0.15) ? 'reconcile' : undefined;
    const poll = pollOn(world, workers, accuse, mode);
    running.add(poll);
    if (random.chance(scenario.together)) await time.sleep(random.int(0, 3_000));
    else await poll;
    if (random.chance(0.1)) {
      const isRemoved = random.chance(0.5);
      await workers.change(isRemoved ? 'removed' : 'paused');
      await time.sleep(random.int(0, scenario.pauseMs));
      await (isRemoved ? workers.addAgain() : workers.change('active'));
    }
  }
}

/** Runs one poll, and the polls that it requests. */
async function pollOn(world: World, workers: Invocations, accuse: Accuse, first?: PollMode): Promise<void> {
  const { random, scenario } = world;
  let mode = first;
  for (let rounds = 0; rounds < 10; rounds++) {
    const end = await workers.poll(mode, accuse);
    mode = undefined;
    // An operator may also decide while the held changes are still being counted.
    if (end.kind === 'more' && random.chance(scenario.surgeFloor < 100 ? 0.2 : 0)) {
      await workers.settle(null, accuse);
    }
    if (end.kind === 'held' && random.chance(0.5)) await workers.settle(end.held, accuse);
    else if (!wantsMore(end)) return;
  }
}

/** Polls until nothing is left to do. After each hold, an operator releases or discards the held changes. */
async function pollUntilQuiet(
  world: World,
  workers: Invocations,
  accuse: Accuse,
  wanted?: PollMode,
): Promise<void> {
  for (let rounds = 0; rounds < MAX_ROUNDS; rounds++) {
    const end = await workers.poll(wanted, accuse);
    switch (end.kind) {
      case 'ended':
        if (end.again) break;
        if (wanted === undefined || end.ended.some((run) => run.mode === wanted)) return;
        break;
      case 'held':
        await workers.settle(end.held, accuse);
        break;
      case 'more':
        break;
      case 'busy':
      case 'superseded':
      case 'limited':
      case 'failed':
      case 'killed':
        await world.time.sleep(MINUTE);
        break;
      case 'refused':
        accuse('no work is left at the end', end.reason);
        return;
    }
  }
  accuse('no work is left at the end', `after ${MAX_ROUNDS} polls without a fault, more polls are needed`);
}

/**
 * Checks that unreadable records are listed. When they are readable, they are removed from the list, and
 * missed changes are published.
 */
async function readWhatWasSetAside(world: World, workers: Invocations, accuse: Accuse): Promise<void> {
  const { store } = workers.observer();
  const { life } = world.service;
  const listed = async () =>
    (await store.readSetAside(INTEGRATION)).flatMap(({ kind, id }) => (kind === 'record' ? [id] : []));
  const before = new Set(await listed());
  for (const { id, isGarbled } of life.school.records.values()) {
    if (isGarbled && !before.has(id))
      accuse('nothing is missed', `${id} cannot be read and is not set aside`);
  }
  life.mend();
  if (world.random.chance(0.5)) {
    world.trace.note(() => 'set-aside records are retried');
    await workers.retrySetAside();
  }
  // A later run removes the record from the list when it reads it. If there are too many suspect changes,
  // that run is held.
  if ((await listed()).length > 0) await pollUntilQuiet(world, workers, accuse, 'reconcile');
  for (const id of await listed()) {
    // A record that has disappeared from Kombo may stay listed.
    if (life.school.records.has(id)) accuse('nothing is missed', `${id} can be read and is still set aside`);
  }
}

function wantsMore(end: InvocationEnd): boolean {
  return end.kind === 'more' || ((end.kind === 'ended' || end.kind === 'held') && end.again);
}

/**
 * Checks the reconciliation after an incremental run. The reconciliation may find only what this run missed:
 * changes that became visible too late for the overlap, and records that both passes of the run skipped.
 */
function checkNothingWasMissed(
  { bus, service, scenario, counts }: World,
  from: number,
  accuse: Accuse,
): void {
  const { vanishes, drifts } = scenario.pages;
  // If rows disappear or move without an update, a pass can look complete although it skipped a record, and
  // then no second pass follows.
  const slips = vanishes > 0 || drifts > 0 ? 1 : 2;
  for (const { type, progression, json } of bus.received.slice(from)) {
    const record = progression === null ? undefined : service.life.school.records.get(progression);
    // A removed record without names becomes erased only because time passes, so `updated_after` cannot find
    // the erasure.
    if (record === undefined || record.isUnseen || type === 'LearnerDataErased') continue;
    if (record.slips >= slips) {
      counts.add('found by a reconciliation, since a run skipped the record between two pages');
      continue;
    }
    accuse('a reconciliation finds nothing', `it published ${json}`);
  }
}
