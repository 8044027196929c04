import { isDeepStrictEqual } from 'node:util';
import { inflateRawSync } from 'node:zlib';
import type { ProgressionState } from '../../../functions/contract/progression-state.ts';
import type { JournalEntry } from '../../../functions/core/journal-entry.ts';
import type { KnownProgression } from '../../../functions/core/known-progression.ts';
import type { Ports } from '../../../functions/core/ports.ts';
import { INTEGRATION } from '../invocation.ts';
import { type ShownState, shownState } from '../kombo/kombo-wire.ts';
import type { MemoryTable } from '../table/memory-table.ts';
import type { World } from '../world/world.ts';
import { checkChains, type Stories, storiesOf, type TakenEvent } from './chains.ts';
import { checkEpisodes } from './episodes.ts';
import { checkEvents, iso, known } from './events.ts';
import { checkExpiredData } from './expired-data.ts';
import { checkHolds } from './holds.ts';
import type { Accuse } from './violation.ts';

/** Holds what the bus received and what the table remembers against what Kombo shows in the end. */
export async function checkPromises(world: World, observer: Ports, accuse: Accuse): Promise<void> {
  const { bus, service, scenario, table, operator } = world;
  const stories = storiesOf(bus.received, bus.refused, accuse);
  checkChains(stories, accuse);
  checkEvents(stories, service.shown, accuse);
  checkEpisodes(bus.received, scenario.faults, accuse);

  const records = [...service.life.school.records.values()];
  const remembered = await observer.store.readKnown(
    INTEGRATION,
    records.map(({ id }) => id),
  );
  for (const record of records) {
    const truth = shownState(record, service.life.school);
    const memory = remembered.get(record.id);
    if (memory === undefined) accuse('nothing is missed', `${record.id} is not known`);
    else {
      checkLastState(truth, memory, accuse);
      const isToBeTold =
        scenario.baseline.mode === 'publish' &&
        !operator.hasDiscarded &&
        known(truth.status) !== null &&
        truth.removedAt === null;
      checkStoryEnd(memory, stories.get(record.id)?.at(-1), isToBeTold, accuse);
    }
  }
  const { asked, answered } = service.details;
  if (asked === answered && scenario.machineSkewMs === 0) {
    checkExpiredData(stories, service.life.school, scenario.komboSkewMs, accuse);
  }
  const entries = await readJournal(observer);
  checkJournal(entries, stories, accuse);
  checkHolds(entries, scenario.surgeFloor, operator.letThrough, accuse);
  await checkSetAside(observer, bus.refusedIds, accuse);
  checkPersonalData(
    table,
    records.map(({ learner }) => learner),
    accuse,
  );
}

/**
 * What is known is what Kombo shows; a null of Kombo's leaves what was known. Where a person discarded a change, that is
 * what is compared, or what was known before it when it went away.
 */
function checkLastState(truth: ShownState, memory: KnownProgression, accuse: Accuse): void {
  const { state, discarded } = memory;
  const wrong = differences(truth, state);
  if (wrong.length > 0 && (discarded === null || differences(truth, discarded).length > 0)) {
    accuse(
      'nothing is missed',
      `${wrong.join(', ')}: known ${JSON.stringify(memory)}, Kombo ${JSON.stringify(truth)}`,
    );
  }
  if (truth.isErased !== (discarded?.erased ?? memory.erased)) {
    accuse('nothing is missed', `erasure: known ${JSON.stringify(memory)}, Kombo ${JSON.stringify(truth)}`);
  }
}

function differences(truth: ShownState, state: ProgressionState): string[] {
  const wrong: string[] = [];
  const status = known(truth.status);
  if (status !== null && state.status !== status) wrong.push('status');
  const enrolledAt = iso(truth.enrolledAt);
  if (state.status !== null && enrolledAt !== null && state.enrolledAt !== enrolledAt) {
    wrong.push('enrolledAt');
  }
  const completedAt = iso(truth.completedAt);
  if (state.status === 'COMPLETED' && completedAt !== null && state.completedAt !== completedAt) {
    wrong.push('completedAt');
  }
  if (!truth.isErased && (truth.removedAt === null) !== (state.removedAt === null)) wrong.push('removedAt');
  return wrong;
}

/** The last event told what is known: nothing changed without a word since. */
function checkStoryEnd(
  { state }: KnownProgression,
  last: TakenEvent | undefined,
  isToBeTold: boolean,
  accuse: Accuse,
): void {
  if (last === undefined) {
    if (isToBeTold) accuse('nothing is missed', `no event told ${JSON.stringify(state)}`);
  } else if (!isDeepStrictEqual(last.detail.progression, state)) {
    const told = JSON.stringify(last.detail);
    accuse('one story per learner and course', `known ${JSON.stringify(state)}, last told ${told}`);
  }
}

async function readJournal({ store }: Ports): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of store.readEntries(INTEGRATION, 1, 999_999)) entries.push(entry);
  return entries;
}

/** Every event of the journal was accepted or refused for good, and the numbers have no gap. */
function checkJournal(entries: JournalEntry[], stories: Stories, accuse: Accuse): void {
  const told = new Set([...stories.values()].flat().map(({ detail }) => detail.id));
  for (const [place, entry] of entries.entries()) {
    if (entry.number !== place + 1) accuse('the journal is the truth', `entry ${place + 1} is missing`);
    const events = entry.changes.reduce((sum, change) => sum + change.events.length, 0);
    for (let index = 0; index < events; index++) {
      const id = `${INTEGRATION}/${entry.number}/${index}`;
      if (!told.delete(id)) accuse('nothing is missed', `${id} is in the journal and was not published`);
    }
  }
  for (const id of told) accuse('the journal is the truth', `${id} was published and is not in the journal`);
}

async function checkSetAside({ store }: Ports, refused: Set<string>, accuse: Accuse): Promise<void> {
  const listed = new Set((await store.readSetAside(INTEGRATION)).map(({ id }) => id));
  for (const id of refused)
    if (!listed.has(id)) accuse('nothing is missed', `${id} was refused and not set aside`);
}

/** Names and addresses are nowhere in the table, compressed journal entries included. */
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
