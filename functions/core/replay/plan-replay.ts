import { type EventCounts, LearningEventType } from '../../contract/event-parts.ts';
import type { Integration, IntegrationId } from '../../contract/integration.ts';
import type { Kombo } from '../ports.ts';
import { countByType } from '../state/journal-entry.ts';
import { CLOCKS_MS, findEntries } from './journal-range.ts';
import type { EntryCounts, ReplayPorts } from './ports.ts';
import { komboStart } from './replay-from-kombo.ts';
import type { ReplayPlan, ReplayPosition } from './replay-record.ts';
import { replaySteps, selectedEvents } from './replay-steps.ts';
import { type EventFilter, isWithin, type Selection, type TimeRange } from './selection.ts';

export type ReplayRequest = {
  /** The range of `detectedAt`. With the source `kombo`, of `occurredAt`, which may be in the future. */
  range: TimeRange;
  filter: EventFilter;
  source: ReplayPosition['source'];
};

/** A plan with the counted events, or why the replay is refused. */
type Planned = { plan: ReplayPlan } | { refused: string };

type PlanPorts = Pick<ReplayPorts, 'store' | 'replays' | 'kombo' | 'clock'>;

/**
 * Counts the events of a replay and determines its last entry. A replay from the journal sends exactly these
 * events, even if polls append other events in the meantime. Writes nothing.
 */
export async function planReplay(
  ports: PlanPorts,
  integration: Integration,
  request: ReplayRequest,
): Promise<Planned> {
  const refused = refuseRange(request, ports.clock());
  if (refused !== null) return { refused };
  switch (request.source) {
    case 'journal':
      return planFromJournal(ports, integration, request);
    case 'kombo':
      return planFromKombo(ports, integration, request);
  }
}

/** Plans a replay of one event, the first that the request selects. Writes nothing. */
export async function planOneEvent(
  ports: PlanPorts,
  integration: Integration,
  request: ReplayRequest,
): Promise<Planned> {
  const { range, filter, source } = request;
  const selection = { integration: integration.id, range, filter };
  const planned: { plan: Pick<ReplayPlan, 'position'> } | { refused: string } =
    source === 'kombo'
      ? { plan: { position: komboStart([]) } }
      : await planReplay(ports, integration, request);
  if ('refused' in planned) return planned;
  const now = new Date(ports.clock()).toISOString();
  for await (const { event } of replaySteps(ports, { ...selection, ...planned.plan }, now)) {
    if (event === null) continue;
    const { progression, learner, occurredAt, detectedAt } = event.detail;
    const from = source === 'kombo' ? occurredAt : detectedAt;
    return planReplay(ports, integration, {
      range: { from, to: new Date(Date.parse(from) + 1).toISOString() },
      filter: {
        ...filter,
        types: [event.type],
        progressions: [progression.id],
        ...(learner.id !== null && { learners: [learner.id] }),
      },
      source,
    });
  }
  return { refused: noEvent(selection) };
}

async function planFromJournal(
  { store, replays, clock }: PlanPorts,
  { id }: Integration,
  { range, filter }: ReplayRequest,
): Promise<Planned> {
  const stored = await store.readCheckpoint(id);
  const begin = await replays.readFirstEntry(id);
  // A later entry may not be published yet. The next worker publishes it.
  const last = stored?.checkpoint.entry ?? 0;
  if (begin === null || begin.number > last) {
    const empty = last === 0 ? 'has no entries yet' : 'has no entries left: retention removed them';
    return { refused: `The journal of ${id} ${empty}. ${USE_KOMBO}` };
  }
  const readEntry = (number: number) => store.readEntry(id, number);
  const found = await findEntries(readEntry, { first: begin.number, last }, range);

  const counted = counter();
  let availableFrom = begin.number > 1 ? begin.detectedAt : null;
  let expected = found.first;
  for await (const entry of countEntries({ store, replays }, id, found, { range, filter })) {
    if (entry.number !== expected) availableFrom = entry.detectedAt;
    expected = entry.number + 1;
    counted.add(entry.byType);
  }
  if (expected <= found.last) {
    const next = await readEntry(found.last + 1);
    availableFrom = next?.detectedAt ?? new Date(clock()).toISOString();
  }
  const refused = refuseRemoved(id, range, availableFrom) ?? refuseBefore(id, range, begin.detectedAt);
  if (refused !== null) return { refused };
  const position = { source: 'journal' as const, last: found.last, entry: found.first, index: 0 };
  return planned({ integration: id, range, filter, position, ...counted.read() });
}

/** Yields the number of selected events of each entry. Reads the changes only if the filter needs them. */
async function* countEntries(
  { store, replays }: Pick<PlanPorts, 'store' | 'replays'>,
  id: IntegrationId,
  { first, last }: { first: number; last: number },
  { range, filter }: Selection,
): AsyncGenerator<EntryCounts> {
  const { types, ...others } = filter;
  if (Object.values(others).some((wanted) => wanted.length > 0)) {
    for await (const entry of store.readEntries(id, first, last)) {
      const { number, detectedAt } = entry;
      yield { number, detectedAt, byType: countByType(selectedEvents(entry, { range, filter })) };
    }
    return;
  }
  for await (const { number, detectedAt, byType } of replays.readEventCounts(id, first, last)) {
    const isCounted = isWithin(range, detectedAt);
    yield { number, detectedAt, byType: isCounted ? ofTypes(byType, types) : {} };
  }
}

/** Returns the counts of some types. An empty list means all types. */
function ofTypes(byType: EventCounts, types: LearningEventType[]): EventCounts {
  if (types.length === 0) return byType;
  return Object.fromEntries(types.flatMap((type) => (byType[type] ? [[type, byType[type]]] : [])));
}

/** Counts the events. If at most 50 learners have them, the replay itself reads only their records. */
async function planFromKombo(
  ports: PlanPorts,
  { id }: Integration,
  { range, filter }: ReplayRequest,
): Promise<Planned> {
  const selection = { integration: id, range, filter };
  let read = await readKombo(ports, selection, asFilter(filter.learners));
  // If Kombo returned no record for an id of the filter, this id may be the platform's own id of a learner.
  // Kombo cannot filter by such an id, so all records are read.
  if (read.unseen.size > 0) read = await readKombo(ports, selection, []);
  const position = komboStart(asFilter(read.users));
  return planned({ ...selection, position, ...read.counted.read() });
}

/** Counts the events of the records of these learners (Kombo's ids; empty: all learners). */
async function readKombo(
  { store, kombo, clock }: PlanPorts,
  selection: Selection & { integration: IntegrationId },
  users: string[],
) {
  /** Requested learners for whom no record has been read yet. */
  const unseen = new Set<string | null>(users);
  const watched: Kombo = {
    ...kombo,
    async readPage(...request) {
      const page = await kombo.readPage(...request);
      for (const { learner } of page.records) unseen.delete(learner.id);
      return page;
    },
  };
  const begin = () => ({ counted: counter(), users: new Set<string | null>() });
  const plan = { ...selection, position: komboStart(users) };
  let read = begin();
  for await (const step of replaySteps({ store, kombo: watched }, plan, new Date(clock()).toISOString())) {
    if (step.fromBeginning) read = begin();
    if (step.event === null) continue;
    read.counted.add(countByType([step.event]));
    // A set with more than `MAX_FILTER_IDS` ids is not used as a filter.
    if (read.users.size <= MAX_FILTER_IDS) read.users.add(step.event.detail.learner.id);
  }
  return { ...read, unseen };
}

/** A filter with this many ids is shorter than the adapter's limit of 3,000 characters. */
const MAX_FILTER_IDS = 50;

/** Kombo's ids have 20 to 26 base58 letters and digits (24 in most examples). */
export function isKomboId(id: string): boolean {
  return /^[1-9A-HJ-NP-Za-km-z]{20,26}$/.test(id);
}

/** Returns an empty list (no filter) if there are too many ids, or if one of them is not an id of Kombo. */
function asFilter(ids: Iterable<string | null>): string[] {
  const all = [...ids];
  const usable = all.filter((id) => id !== null).filter(isKomboId);
  return usable.length === all.length && all.length <= MAX_FILTER_IDS ? usable : [];
}

function planned(plan: ReplayPlan): Planned {
  return plan.events > 0 ? { plan } : { refused: noEvent(plan) };
}

function noEvent({ integration, range: { from, to } }: Pick<ReplayPlan, 'integration' | 'range'>): string {
  const range = to === null ? `from ${from} on` : `between ${from} and ${to}`;
  return `No event of ${integration} ${range} matches the options.`;
}

function counter() {
  const byType: EventCounts = {};
  let events = 0;
  return {
    add(counts: EventCounts) {
      for (const type of LearningEventType.options) {
        const count = counts[type] ?? 0;
        if (count > 0) byType[type] = (byType[type] ?? 0) + count;
        events += count;
      }
    },
    read: () => ({ events, byType }),
  };
}

const USE_KOMBO = "To derive earlier events from Kombo's present data, add --source kombo.";

function refuseRange({ range: { from, to }, source }: ReplayRequest, now: number): string | null {
  const isFuture = (time: string) => source === 'journal' && Date.parse(time) > now;
  const future = `is in the future: it is now ${new Date(now).toISOString()}.`;
  // The date of an enrolment may be in the future; no journal entry was detected in the future.
  if (isFuture(from)) return `--from ${from} ${future}`;
  if (to === null) return null;
  if (isFuture(to)) return `--to ${to} ${future} Omit it to replay up to now.`;
  return to > from ? null : `--to ${to} is not after --from ${from}.`;
}

/** @param availableFrom the date of the entry after the last one that retention removed, or null */
function refuseRemoved(id: string, { from }: TimeRange, availableFrom: string | null): string | null {
  if (availableFrom === null) return null;
  const certain = new Date(Date.parse(availableFrom) + CLOCKS_MS).toISOString();
  if (from >= certain) return null;
  return `The journal of ${id} is complete from ${certain} on: retention removed earlier entries. ${USE_KOMBO}`;
}

function refuseBefore(id: string, { to }: TimeRange, beginsAt: string): string | null {
  if (to === null || Date.parse(to) > Date.parse(beginsAt) - CLOCKS_MS) return null;
  return `The journal of ${id} begins at ${beginsAt}. ${USE_KOMBO}`;
}
