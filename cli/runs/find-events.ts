import type { IntegrationId } from '../../functions/contract/integration.ts';
import { plural } from '../../functions/contract/printable-text.ts';
import type { JournalledEvent } from '../../functions/core/decide/events-of-entry.ts';
import { isRunError } from '../../functions/core/errors.ts';
import { readPages } from '../../functions/core/poll/read-pages.ts';
import type { Store } from '../../functions/core/ports.ts';
import {
  BEGINNING,
  type EventOrder,
  lastEntry,
  readEvents,
  readEventsOf,
} from '../../functions/core/replay/event-history.ts';
import { isKomboId } from '../../functions/core/replay/plan-replay.ts';
import type { Selection } from '../../functions/core/replay/selection.ts';
import { looksLikeEmail } from '../../functions/remote-ids.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { filterByStoredIds } from '../filter-ids.ts';
import { pause } from '../terminal/interruption.ts';
import { unlessTemporary } from '../terminal/report-error.ts';

export type Search = {
  integration: IntegrationId;
  /** The last journal entry whose events were published or set aside when the search was planned. */
  last: number;
  selection: Selection;
  /** The progressions whose journal entries are read; null for all entries of the range. */
  progressions: string[] | null;
  /** A text for the user that says how the events were found, or null. */
  note: string | null;
};

/**
 * Looks up the learners of the filter at Kombo. Without `--from`, the search then reads only the journal
 * entries of the progressions that Kombo returns for them or, if there are none, the whole journal.
 */
export async function planSearch(
  deployment: Deployment,
  integration: IntegrationId,
  { range, filter }: Selection,
): Promise<Search> {
  const last = await lastEntry(deployment.ports.store, integration);
  const search = { integration, last, progressions: null, note: null };
  if (filter.learners.length === 0) {
    const selection = { range, filter: await filterByStoredIds(filter, deployment.ids) };
    const progressions = await ifAllKnown(deployment, integration, filter.progressions);
    return { ...search, selection, progressions };
  }
  const found = await lookUpLearners(deployment, integration, filter.learners);
  // If the journal has no platform ids, only the ids that Kombo returned can match an e-mail address.
  const isOmitted = deployment.ids.mode === 'omit' && found.learners.length > 0;
  const named = isOmitted ? filter.learners.filter((learner) => !looksLikeEmail(learner)) : filter.learners;
  const stored = await filterByStoredIds({ ...filter, learners: named }, deployment.ids);
  const learners = [...stored.learners, ...found.learners];
  const selection = { range, filter: { ...stored, learners } };
  if (found.failure !== null) {
    const note = `The learners could not be looked up at Kombo: ${found.failure}. The whole journal was searched instead.`;
    return { ...search, selection, note };
  }
  const { progressions } = found;
  if (range.from !== BEGINNING || progressions.length === 0) return { ...search, selection };
  const note = `These are the events of ${plural(progressions.length, 'course progression')} that Kombo now returns for --learner. To search the whole journal, add --from: the journal also has records that Kombo has erased or assigned to another learner.`;
  return { ...search, selection, progressions, note };
}

/** Returns the ids if all of them are Kombo's ids of known progressions, otherwise null. */
async function ifAllKnown(
  { ports: { store } }: Deployment,
  integration: IntegrationId,
  progressions: string[],
): Promise<string[] | null> {
  const ids = [...new Set(progressions)];
  if (ids.length === 0) return null;
  const known = await store.readKnown(integration, ids);
  return known.size === ids.length ? ids : null;
}

/** The ids are Kombo's. `failure` is the reason if a request to Kombo failed, otherwise null. */
type FoundLearners = { learners: string[]; progressions: string[]; failure: string | null };

async function lookUpLearners(
  { findLearners, ports: { kombo } }: Deployment,
  integration: IntegrationId,
  names: string[],
): Promise<FoundLearners> {
  const found: FoundLearners = { learners: [], progressions: [], failure: null };
  try {
    for (const name of names) {
      if (isKomboId(name)) found.learners.push(name);
      else {
        const by = looksLikeEmail(name) ? { email: name } : { remoteId: name };
        found.learners.push(...(await findLearners(integration, by)));
      }
    }
    if (found.learners.length === 0) return found;
    const request = { integration, updatedAfter: null, users: found.learners };
    for await (const { records } of readPages(kombo, request)) {
      for (const { learner, state } of records) {
        if (found.learners.includes(learner.id ?? '')) found.progressions.push(state.id);
      }
    }
    return found;
  } catch (error) {
    if (!isRunError(error)) throw error;
    return { ...found, failure: error.message };
  }
}

/** Yields the events of several integrations in the order of their detection, or in the reverse order. */
export async function* findEvents(
  store: Store,
  searches: Search[],
  order: EventOrder,
): AsyncGenerator<JournalledEvent, void, void> {
  const streams = await Promise.all(
    searches.map(async (search) => {
      const events = eventsOf(store, search, order);
      return { events, head: await events.next() };
    }),
  );
  const isBefore = (a: JournalledEvent, b: JournalledEvent) =>
    order === 'earliest-first'
      ? a.detail.detectedAt < b.detail.detectedAt
      : a.detail.detectedAt > b.detail.detectedAt;
  for (;;) {
    let next: { stream: (typeof streams)[number]; event: JournalledEvent } | null = null;
    for (const stream of streams) {
      const event = stream.head.value;
      if (event && (next === null || isBefore(event, next.event))) next = { stream, event };
    }
    if (next === null) return;
    yield next.event;
    next.stream.head = await next.stream.events.next();
  }
}

async function* eventsOf(
  store: Store,
  { integration, selection, progressions, last }: Search,
  order: EventOrder,
): AsyncGenerator<JournalledEvent, void, void> {
  if (progressions === null) {
    yield* readEvents(store, integration, selection, { first: 1, last }, order);
    return;
  }
  const latestFirst = readEventsOf(store, integration, progressions, selection, last);
  if (order === 'latest-first') yield* latestFirst;
  else yield* (await Array.fromAsync(latestFirst)).toReversed();
}

/**
 * Yields the events that are published after the searches were planned, until `stop` is aborted. After a
 * temporary failure, calls `onFailure` and reads again.
 */
export async function* followEvents(
  store: Store,
  searches: Search[],
  { stop, everyMs, onFailure }: { stop: AbortSignal; everyMs: number; onFailure: (text: string) => void },
): AsyncGenerator<JournalledEvent, void, void> {
  const following = searches.map((search) => ({ ...search }));
  while (!stop.aborted) {
    for (const search of following) {
      // All events are read before the first is yielded, so that a second read does not repeat any.
      const read = await unlessTemporary(readLater(store, search), onFailure);
      search.last = read?.last ?? search.last;
      yield* read?.events ?? [];
    }
    await pause(everyMs, stop);
  }
}

async function readLater(store: Store, { integration, selection, last: before }: Search) {
  const last = await lastEntry(store, integration);
  const entries = { first: before + 1, last };
  const events = readEvents(store, integration, selection, entries, 'earliest-first');
  return { last, events: await Array.fromAsync(events) };
}
