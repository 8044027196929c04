import type { Integration } from '../contract/integration.ts';
import type { EventFilter } from './event-filter.ts';
import { CLOCKS_MS, findEntries } from './journal-range.ts';
import type { ReplayPorts, RunSettings } from './ports.ts';
import { selectedEvents } from './replay-from-journal.ts';
import type { EventCounts, ReplayPlace, ReplayPlan } from './replay-record.ts';
import { replaySteps } from './replay-steps.ts';
import type { TimeRange } from './time-range.ts';

export type ReplayRequest = {
  /** Of detection; with the source `kombo` of what happened in the learning platform. */
  range: TimeRange;
  filter: EventFilter;
  source: ReplayPlace['source'];
};

/** What would be sent, or why nothing can be, in one line. */
export type Planned = { plan: ReplayPlan } | { refused: string };

type PlanPorts = Pick<ReplayPorts, 'store' | 'replays' | 'kombo' | 'clock'>;

/**
 * Counts what a replay would send, and fixes where it ends. With the journal, exactly this is sent later, whatever a
 * live poll adds meanwhile. Reads each entry of the time range, and nothing is written.
 */
export async function planReplay(
  ports: PlanPorts,
  settings: Pick<RunSettings, 'overlapMs'>,
  integration: Integration,
  request: ReplayRequest,
): Promise<Planned> {
  const refused = refuseRange(request.range, ports.clock());
  if (refused !== null) return { refused };
  switch (request.source) {
    case 'journal':
      return planFromJournal(ports, integration, request);
    case 'kombo':
      return planFromKombo(ports, settings, integration, request);
  }
}

async function planFromJournal(
  { store, replays, clock }: PlanPorts,
  { id }: Integration,
  { range, filter }: ReplayRequest,
): Promise<Planned> {
  const stored = await store.readCheckpoint(id);
  const begin = await replays.readFirstEntry(id);
  // What is appended and not yet counted is still going to be published by itself.
  const last = stored?.checkpoint.entry ?? 0;
  if (begin === null || begin.number > last) {
    const empty = last === 0 ? 'has no entries yet' : 'has no entries left: retention removed them';
    return { refused: `The journal of ${id} ${empty}. ${USE_KOMBO}` };
  }
  const readEntry = (number: number) => store.readEntry(id, number);
  const found = await findEntries(readEntry, { first: begin.number, last }, range);

  const counted = counter();
  let availableFrom = begin.number > 1 && found.first === begin.number ? begin.detectedAt : null;
  let expected = found.first;
  for await (const entry of store.readEntries(id, found.first, found.last)) {
    if (entry.number !== expected) availableFrom = entry.detectedAt;
    expected = entry.number + 1;
    for (const event of selectedEvents(entry, { range, filter })) counted.add(event);
  }
  if (expected <= found.last) availableFrom = range.to ?? new Date(clock()).toISOString();
  const refused = refuseRemoved(id, range, availableFrom) ?? refuseBefore(id, range, begin.detectedAt);
  if (refused !== null) return { refused };
  const place = { source: 'journal' as const, last: found.last, entry: found.first, index: 0 };
  return planned({ integration: id, range, filter, place, ...counted.read() });
}

async function planFromKombo(
  ports: PlanPorts,
  { overlapMs }: Pick<RunSettings, 'overlapMs'>,
  { id }: Integration,
  { range, filter }: ReplayRequest,
): Promise<Planned> {
  const place = {
    source: 'kombo' as const,
    updatedAfter: new Date(Date.parse(range.from) - overlapMs).toISOString(),
    cursor: null,
    after: null,
    settled: [],
  };
  const now = new Date(ports.clock()).toISOString();
  const asked = { integration: id, range: { ...range, to: range.to ?? now }, filter, place };
  let counted = counter();
  for await (const { event, fromBeginning } of replaySteps(ports, asked, now)) {
    if (fromBeginning) counted = counter();
    if (event !== null) counted.add(event);
  }
  return planned({ ...asked, ...counted.read() });
}

function planned(plan: ReplayPlan): Planned {
  if (plan.events > 0) return { plan };
  const { from, to } = plan.range;
  return { refused: `No event of ${plan.integration} matches between ${from} and ${to ?? 'now'}.` };
}

function counter() {
  const byType: EventCounts = {};
  let events = 0;
  return {
    add({ type }: { type: keyof EventCounts }) {
      byType[type] = (byType[type] ?? 0) + 1;
      events += 1;
    },
    read: () => ({ events, byType }),
  };
}

const USE_KOMBO = 'What Kombo still knows of earlier times can be had with --source kombo.';

function refuseRange({ from, to }: TimeRange, now: number): string | null {
  if (Date.parse(from) > now) return `--from ${from} lies in the future.`;
  if (to === null) return null;
  if (Date.parse(to) > now) return `--to ${to} lies in the future: leave it out to go on up to now.`;
  return to > from ? null : `--to ${to} does not lie after --from ${from}.`;
}

/** @param availableFrom the date of the entry behind the last one that retention removed, or null when none is missed */
function refuseRemoved(id: string, { from }: TimeRange, availableFrom: string | null): string | null {
  if (availableFrom === null) return null;
  const certain = new Date(Date.parse(availableFrom) + CLOCKS_MS).toISOString();
  if (from >= certain) return null;
  return `The journal of ${id} is complete from ${certain} on: retention removed entries before. ${USE_KOMBO}`;
}

function refuseBefore(id: string, { to }: TimeRange, beginsAt: string): string | null {
  if (to === null || Date.parse(to) > Date.parse(beginsAt) - CLOCKS_MS) return null;
  return `The journal of ${id} begins at ${beginsAt}. ${USE_KOMBO}`;
}
