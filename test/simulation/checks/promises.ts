import { isDeepStrictEqual } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { Ports } from '../../../functions/core/ports.ts';
import type { JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import type { KnownProgression } from '../../../functions/core/state/progression.ts';
import { INTEGRATION } from '../invocation.ts';
import { type ShownState, shownFields, stateOf } from '../kombo/kombo-wire.ts';
import type { Showing } from '../kombo/simulated-kombo.ts';
import type { MemoryTable } from '../table/memory-table.ts';
import type { World } from '../world/world.ts';
import { checkBaseline } from './baseline.ts';
import { checkChains, type Stories, storiesOf, type TakenEvent } from './chains.ts';
import { checkEpisodes } from './episodes.ts';
import { known } from './event-meanings.ts';
import { checkEvents } from './events.ts';
import { checkExpiredData } from './expired-data.ts';
import { type Clocks, isErasure, iso } from './explained-changes.ts';
import { checkDiscarded, checkDiscards, checkHeldEvents, checkHolds } from './holds.ts';
import { checkSetAside } from './set-aside.ts';
import type { Accuse } from './violation.ts';

/** Compares the received events and the stored states with what Kombo shows at the end of the history. */
export async function checkPromises(world: World, observer: Ports, accuse: Accuse): Promise<void> {
  const { bus, service, scenario, table, operator, watermarks } = world;
  const { school } = service.life;
  const clocks: Clocks = {
    komboSkewMs: scenario.komboSkewMs,
    machineSkewMs: scenario.machineSkewMs,
    expiries: school.expiries,
  };
  const stories = storiesOf(bus.received, bus.refused, accuse);
  checkChains(stories, accuse);
  checkEvents(stories, service.shown, clocks, accuse);
  checkEpisodes(bus.received, scenario.faults, accuse);
  checkHeldEvents(bus.received, service.shown, scenario.isOrdinary, accuse);

  const entries = await readJournal(observer);
  const baselines = bus.received.filter(({ type }) => type === 'IntegrationBaselined');
  const holds = {
    baselinedAt: baselines.at(-1)?.at ?? Number.NEGATIVE_INFINITY,
    entries,
    shown: service.shown,
    watermarks,
    decisions: operator.decisions,
    settings: scenario,
    clocks,
  };
  const records = [...school.records.values()];
  const remembered = await observer.store.readKnown(
    INTEGRATION,
    records.map(({ id }) => id),
  );
  checkJournal(entries, stories, accuse);
  checkPreviousEntries(entries, remembered, accuse);
  const baselinedAt = baselines[0]?.at ?? Number.POSITIVE_INFINITY;
  checkBaseline(entries, scenario.baseline, { baselinedAt, machineSkewMs: scenario.machineSkewMs }, accuse);
  checkHolds(holds, accuse);
  checkDiscards(holds, accuse);
  checkDiscarded(holds, accuse);

  const hasDiscarded = operator.decisions.some(({ by }) => by === 'discard');
  for (const record of records) {
    const truth = stateOf(shownFields(record, school));
    const memory = remembered.get(record.id);
    if (memory === undefined) accuse('nothing is missed', `${record.id} is not known`);
    else {
      const wasNamed = stories.get(record.id)?.some(({ type }) => type !== 'LearnerDataErased') === true;
      const isUnseen = memory.unpublishedRemoval === 'first-seen' && !wasNamed;
      const showings = service.shown.get(record.id) ?? [];
      // The status of a record that was removed before its first read becomes known when the record returns.
      const toBeKnown = isUnseen ? { ...truth, ...NO_FACTS } : truth;
      checkLastState(toBeKnown, memory, showings, world.time.now(), accuse);
      const isToBeTold =
        scenario.baseline.mode === 'publish' &&
        !hasDiscarded &&
        known(truth.status) !== null &&
        !truth.isRemoved &&
        !truth.isBlank;
      checkStoryEnd(memory, stories.get(record.id)?.at(-1), isToBeTold, accuse);
    }
  }
  checkReturns(entries, scenario.baseline.mode === 'silent', accuse);
  const { asked, answered } = service.details;
  if (asked === answered && scenario.machineSkewMs === 0) {
    checkExpiredData(stories, service.life.school, scenario.komboSkewMs, accuse);
  }
  checkSetAside(await observer.store.readSetAside(INTEGRATION), world, accuse);
  checkPersonalData(
    table,
    records.map(({ learner }) => learner),
    accuse,
  );
}

/**
 * Checks that the known state, or the state of the last discarded change, equals the state that Kombo shows.
 * Fields that are null in Kombo are not compared.
 */
function checkLastState(
  truth: ShownState,
  memory: KnownProgression,
  showings: Showing[],
  now: number,
  accuse: Accuse,
): void {
  const { state, erased, discarded } = memory;
  const wrong = differences(truth, { ...state, erased }, showings, now);
  if (wrong.length === 0) return;
  if (discarded !== null) {
    // A discarded removal includes the later erasure.
    const isErasureOpen = state.removedAt === null && discarded.removedAt !== null;
    const undecided = differences(truth, discarded, showings, now);
    if (undecided.every((field) => isErasureOpen && field === 'erased')) return;
  }
  accuse(
    'nothing is missed',
    `${wrong.join(', ')}: known ${JSON.stringify(memory)}, Kombo ${JSON.stringify(truth)}`,
  );
}

type Facts = ProgressionState & { erased: boolean };

function differences(truth: ShownState, facts: Facts, showings: Showing[], now: number): string[] {
  const wrong: string[] = [];
  const status = known(truth.status);
  if (status !== null && facts.status !== status) wrong.push('status');
  const enrolledAt = iso(truth.enrolledAt);
  if (facts.status !== null && enrolledAt !== null && facts.enrolledAt !== enrolledAt) {
    wrong.push('enrolledAt');
  }
  const completedAt = iso(truth.completedAt);
  if (facts.status === 'COMPLETED' && completedAt !== null && facts.completedAt !== completedAt) {
    wrong.push('completedAt');
  }
  if ((truth.isRemoved || truth.isBlank) !== (facts.removedAt !== null)) wrong.push('removedAt');
  if (!isErasureRight(truth, facts, showings, now)) wrong.push('erased');
  return wrong;
}

/**
 * Returns whether the stored `erased` agrees with the versions that Kombo showed. A record stays erased until
 * it returns, so an earlier erased version is enough.
 */
function isErasureRight(
  truth: ShownState,
  { removedAt, erased }: Facts,
  showings: Showing[],
  now: number,
): boolean {
  const removed = removedAt === null ? null : Date.parse(removedAt);
  const shown = isErasure(truth, removed, now);
  if (!erased) return shown !== 'yes';
  return shown !== 'no' || showings.some((showing) => isErasure(showing, removed, showing.at) !== 'no');
}

/**
 * Checks that a record that was removed before its first read is published with its status when it returns.
 */
function checkReturns(entries: JournalEntry[], isBaselineSilent: boolean, accuse: Accuse): void {
  const unseen = new Set<string>();
  for (const { changes, mode } of entries) {
    for (const { previous, state, events } of changes) {
      const wasUnseen = unseen.has(state.id);
      if (previous === null && state.removedAt !== null && !(isBaselineSilent && mode === 'baseline')) {
        unseen.add(state.id);
      }
      if (!wasUnseen || !events.includes('ProgressionRestored')) continue;
      unseen.delete(state.id);
      if (state.status !== null && events.length < 2) {
        accuse('nothing is missed', `the status of ${state.id} was not published when the record returned`);
      }
    }
  }
}

/**
 * Checks that the state after the last event of each progression is the known state. Otherwise, a later
 * change has no event.
 */
function checkStoryEnd(
  { state }: KnownProgression,
  last: TakenEvent | undefined,
  isToBeTold: boolean,
  accuse: Accuse,
): void {
  if (last === undefined) {
    if (isToBeTold) accuse('nothing is missed', `no event published ${JSON.stringify(state)}`);
  } else if (!isDeepStrictEqual(last.detail.progression, state)) {
    const notified = JSON.stringify(last.detail);
    accuse(
      'one unbroken chain per progression',
      `known ${JSON.stringify(state)}, last published ${notified}`,
    );
  }
}

const NO_FACTS = { status: null, enrolledAt: null, completedAt: null };

async function readJournal({ store }: Ports): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of store.readEntries(INTEGRATION, 1, 999_999)) entries.push(entry);
  return entries;
}

/**
 * Checks that the journal has exactly the events that were accepted or permanently refused, and that the
 * entry numbers have no gap.
 */
function checkJournal(entries: JournalEntry[], stories: Stories, accuse: Accuse): void {
  const notified = new Set([...stories.values()].flat().map(({ detail }) => detail.id));
  for (const [place, entry] of entries.entries()) {
    if (entry.number !== place + 1)
      accuse('the journal is the source of truth', `entry ${place + 1} is missing`);
    const events = entry.changes.reduce((sum, change) => sum + change.events.length, 0);
    for (let index = 0; index < events; index++) {
      const id = `${INTEGRATION}/${entry.number}/${index}`;
      if (!notified.delete(id)) accuse('nothing is missed', `${id} is in the journal and was not published`);
    }
  }
  for (const id of notified)
    accuse('the journal is the source of truth', `${id} was published and is not in the journal`);
}

/**
 * Checks that each change has the number of the entry that changed its progression before, and that the known
 * state has the number of the last entry. With these numbers, the events of a progression can be read
 * backwards from the journal.
 */
function checkPreviousEntries(
  entries: JournalEntry[],
  remembered: ReadonlyMap<string, KnownProgression>,
  accuse: Accuse,
): void {
  const latest = new Map<string, number>();
  for (const { number, changes } of entries) {
    for (const { state, previousEntry } of changes) {
      const before = latest.get(state.id) ?? null;
      if (before !== number && previousEntry !== before) {
        accuse('the journal is the source of truth', `entry ${number} does not name entry ${before}`);
      }
      latest.set(state.id, number);
    }
  }
  for (const [id, { entry }] of remembered) {
    if (entry !== latest.get(id)) accuse('the journal is the source of truth', `${id} names entry ${entry}`);
  }
}

/** Checks that the table contains no names and no e-mail addresses, even in compressed journal entries. */
function checkPersonalData(table: MemoryTable, learners: { email: string }[], accuse: Accuse): void {
  if (learners.length === 0) return;
  for (const item of table.items()) {
    const binary = item['content']?.B;
    const text =
      JSON.stringify(item) + (binary === undefined ? '' : inflateRawSync(binary.subarray(1)).toString());
    const found = /Vorname\d|Nachname\d|@learner[.]example/.exec(text);
    if (found !== null)
      accuse('no personal data at rest', `${found[0]} in ${item['pk']?.S} ${item['sk']?.S}`);
  }
}
