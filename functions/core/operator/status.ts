import type { EventCounts } from '../../contract/event-parts.ts';
import type { Integration } from '../../contract/integration.ts';
import { isCounted } from '../episodes/hold.ts';
import {
  type Checkpoint,
  type Failure,
  type Held,
  type LastRun,
  type Lease,
  limitedUntil,
  type Run,
} from '../state/checkpoint.ts';
import { countEvents, type JournalEntry } from '../state/journal-entry.ts';
import { slotOf } from '../state/run-progress.ts';

/** The condition of an integration: the first in this list that applies. */
export type Condition =
  | 'removed'
  | 'paused'
  | 'held'
  | 'failing'
  | 'waiting'
  | 'retrying'
  | 'not started'
  | 'first sync'
  | 'healthy';

/** The status of one integration, for a table or as JSON. Times are in ISO 8601. */
export type Status = {
  integration: string;
  condition: Condition;
  watermark: string | null;
  /** The age of the watermark by this machine's clock. Changes after it may not be published yet. */
  staleMs: number | null;
  /** When the lease of the current worker ends; null if no worker holds it. */
  workerUntil: string | null;
  run: RunInProgress | null;
  reconciliation: RunInProgress | null;
  lastRun: LastRun | null;
  lastReconciliation: LastRun | null;
  failures: number;
  failure: (Failure & { since: string; retryAt: string }) | null;
  /** The time from which Kombo's rate limit allows runs again, or null if it allows them now. */
  limitedUntil: string | null;
  held: HeldStatus | null;
  known: number;
  setAside: number;
  journal: { first: number | null; last: number; entries: number };
  /** An appended entry whose events are not published yet; null if there is none, or it has no events. */
  unpublished: { entry: number; events: number } | null;
  /** Events of the last 24 hours by type; null if they were not counted. */
  events: EventCounts | null;
};

/** `complete`: a person can decide about the changes. `countedPages`: null if nothing is being counted. */
export type HeldStatus = Pick<Held, 'since' | 'mode' | 'waiting' | 'sample' | 'limit'> & {
  complete: boolean;
  countedPages: number | null;
};

type RunInProgress = Pick<Run, 'mode' | 'startedAt' | 'pass' | 'pages' | 'records' | 'events' | 'setAside'>;

export type StatusFacts = {
  integration: Integration;
  /** Null for an integration that was never polled. */
  checkpoint: Checkpoint | null;
  lease: Lease | null;
  setAside: number;
  /** The number of the first entry that retention has not removed, or null if there is none. */
  firstEntry: number | null;
  /** The entry after the last one that the checkpoint counts, or null if there is no such entry. */
  nextEntry: JournalEntry | null;
  events: EventCounts | null;
};

/** @param now this machine's clock, in milliseconds */
export function statusOf(facts: StatusFacts, now: number): Status {
  const { integration, checkpoint, lease, firstEntry, nextEntry } = facts;
  const health = checkpoint?.health.state === 'failing' ? checkpoint.health : null;
  const watermark = checkpoint?.watermark ?? null;
  const last = checkpoint?.entry ?? 0;
  return {
    integration: integration.id,
    condition: conditionOf(integration, checkpoint),
    watermark,
    staleMs: watermark === null ? null : Math.max(0, now - Date.parse(watermark)),
    workerUntil: lease !== null && Date.parse(lease.until) > now ? lease.until : null,
    run: inProgress(checkpoint?.run ?? null),
    reconciliation: inProgress(checkpoint?.reconciliation ?? null),
    lastRun: checkpoint?.lastRun ?? null,
    lastReconciliation: checkpoint?.lastReconciliation ?? null,
    failures: health?.failures ?? 0,
    failure: health && { ...health.failure, since: health.since, retryAt: health.retryAt },
    limitedUntil: checkpoint && limitedUntil(checkpoint, now),
    held: heldOf(checkpoint),
    known: checkpoint?.known ?? 0,
    setAside: facts.setAside,
    journal: {
      first: firstEntry,
      last,
      entries: firstEntry === null ? 0 : Math.max(0, last - firstEntry + 1),
    },
    unpublished: unpublishedOf(nextEntry),
    events: facts.events,
  };
}

function unpublishedOf(entry: JournalEntry | null): Status['unpublished'] {
  const events = entry === null ? 0 : countEvents(entry);
  return entry === null || events === 0 ? null : { entry: entry.number, events };
}

function conditionOf({ state }: Integration, checkpoint: Checkpoint | null): Condition {
  if (state !== 'active') return state;
  if (checkpoint === null) return 'not started';
  if (checkpoint.held !== null) return 'held';
  if (checkpoint.health.state === 'failing') {
    switch (checkpoint.health.failure.kind) {
      case 'integration':
      case 'access-refused':
      case 'deployment':
        return 'failing';
      case 'waiting':
        return 'waiting';
      case 'transient':
        return 'retrying';
    }
  }
  if (checkpoint.watermark !== null) return 'healthy';
  // A first sync of expired data is repeated, so there may be no run in progress.
  return checkpoint.run === null && checkpoint.lastRun === null ? 'not started' : 'first sync';
}

function inProgress(run: Run | null): RunInProgress | null {
  if (run === null) return null;
  const { mode, startedAt, pass, pages, records, events, setAside } = run;
  return { mode, startedAt, pass, pages, records, events, setAside };
}

function heldOf(checkpoint: Checkpoint | null): Status['held'] {
  const held = checkpoint?.held ?? null;
  if (checkpoint === null || held === null) return null;
  const { since, mode, waiting, sample, limit, counting } = held;
  const complete = isCounted(held, checkpoint[slotOf(mode)]);
  return { since, mode, waiting, sample, limit, complete, countedPages: counting?.passPages ?? null };
}
