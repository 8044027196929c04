import * as z from 'zod/mini';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { PollMode } from '../../contract/messages.ts';
import { WaitingChanges } from '../../contract/waiting-changes.ts';

/** A person's decision about held changes. It covers exactly the changes in the named chunks. */
export const HoldDecision = z.object({
  action: z.enum(['release', 'discard']),
  /** The field of the checkpoint with the run that was stopped. */
  slot: z.enum(['run', 'reconciliation']),
  chunks: z.array(z.string()),
  /** Whether the decision was kept at the end of its run, because a record could not be parsed. */
  isKept: z.optional(z.boolean()),
});
export type HoldDecision = z.infer<typeof HoldDecision>;

/** An unknown status, the number of records with this status, and the ids of some of them. */
export const UnknownStatus = z.object({
  status: z.string(),
  count: PositiveNumber,
  sample: z.array(z.string()),
});
export type UnknownStatus = z.infer<typeof UnknownStatus>;

/** A run in progress. It contains everything that another invocation needs to continue the run. */
export const Run = z.object({
  mode: PollMode,
  /** When the first page was read, by the earlier of Kombo's and the machine's clock: the next watermark. */
  startedAt: Timestamp,
  updatedAfter: z.nullable(Timestamp),
  /** The cursor of the next page; null for the first page of a pass. */
  cursor: z.nullable(z.string()),
  /** The number of the pass, beginning with 1. A pass is one reading of all pages. */
  pass: PositiveNumber,
  passPages: WholeNumber,
  passRecords: WholeNumber,
  passChanged: z.boolean(),
  /** An earlier cursor to compare with, and the page at which it is replaced: see `refuseEndlessPages`. */
  mark: z.nullable(z.object({ cursor: z.string(), replaceAt: WholeNumber })),
  /** How often a pass of the run started over because Kombo refused a cursor. */
  restarts: WholeNumber,
  /**
   * The number of the last journal entry when the run began. This run stored the states with a later number:
   * in a baseline, later changes of these are treated like changes after the baseline.
   */
  startEntry: WholeNumber,
  knownAtStart: WholeNumber,
  pages: WholeNumber,
  records: WholeNumber,
  events: WholeNumber,
  missed: WholeNumber,
  setAside: WholeNumber,
  unknownStatuses: z.array(UnknownStatus),
  /** Whether a record was not trusted (expired data, or an older version). Then the watermark stays. */
  hasUntrusted: z.boolean(),
});
export type Run = z.infer<typeof Run>;

export const LastRun = z.extend(
  z.pick(Run, {
    mode: true,
    startedAt: true,
    pages: true,
    records: true,
    events: true,
    missed: true,
    setAside: true,
  }),
  { endedAt: Timestamp, unknownStatuses: WholeNumber },
);
export type LastRun = z.infer<typeof LastRun>;

/** Why a run or a replay failed. The `kind` determines what happens next: see `errors.ts`. */
export const Failure = z.object({
  kind: z.enum(['transient', 'integration', 'waiting', 'access-refused', 'deployment']),
  code: z.nullable(z.string()),
  message: z.string(),
  logUrl: z.nullable(z.string()),
});
export type Failure = z.infer<typeof Failure>;

/**
 * `needsNotice`: `IntegrationFailing` must be published for this episode. A worker that died may already have
 * published it. `notified`: it was published.
 */
export const Health = z.discriminatedUnion('state', [
  z.object({ state: z.literal('healthy') }),
  z.object({
    state: z.literal('failing'),
    since: Timestamp,
    failures: PositiveNumber,
    failedAt: Timestamp,
    /** No run is due before this time, by the machine's clock. */
    retryAt: Timestamp,
    needsNotice: z.boolean(),
    notified: z.boolean(),
    failure: Failure,
  }),
]);
export type Health = z.infer<typeof Health>;

/** Suspect changes that wait for a person's decision. */
export const Held = z.object({
  since: Timestamp,
  mode: PollMode,
  /** The changes that were counted so far. */
  waiting: WaitingChanges,
  /** The ids of some of the progressions with waiting changes. */
  sample: z.array(z.string()),
  /** The maximum number of suspect changes that are published in 24 hours without a person's decision. */
  limit: WholeNumber,
  /**
   * The number of suspect changes that were published without a person's decision in the 24 hours before the
   * run stopped and since then. While the run is stopped, it counts towards the limit, so that no waiting
   * change is published only because time passes.
   */
  surge: WholeNumber,
  /** The position of the run when the count began; null if the changes must be counted again. */
  stoppedAt: z.nullable(
    z.object({ startedAt: Timestamp, pass: PositiveNumber, cursor: z.nullable(z.string()) }),
  ),
  /** The run at the next page to count; null if all were counted, or if the count must begin again. */
  counting: z.nullable(Run),
  /** The names of the stored chunks of the count. */
  chunks: z.array(z.string()),
  /** Whether `ChangesHeld` was published for this episode. `unsure`: a worker was about to publish it. */
  notice: z.enum(['none', 'unsure', 'published']),
});
export type Held = z.infer<typeof Held>;

export type CourseCount = WaitingChanges['courses'][number];

/** A stored part of a count: concatenated fingerprints, and the courses of their changes. */
export type HeldChunk = { fingerprints: Uint8Array; courses: CourseCount[] };

/** The worker that may write for the integration. There is no lease after the worker released it. */
export const Lease = z.object({
  owner: z.string(),
  /** The end of the lease, by the machine's clock. */
  until: Timestamp,
});
export type Lease = z.infer<typeof Lease>;

/** The state of one integration. Only the holder of the lease writes it. */
export const Checkpoint = z.object({
  integration: IntegrationId,
  /** The number of writes. It shows a worker whether its own write succeeded if the response was lost. */
  revision: WholeNumber,
  /** The number of the last journal entry that was applied and published. */
  entry: WholeNumber,
  /** The events of the next entry that the bus accepted or refused permanently; null if there are none. */
  accepted: z.nullable(z.object({ entry: PositiveNumber, indexes: z.array(WholeNumber) })),
  watermark: z.nullable(Timestamp),
  /** The latest watermark that the integration ever had. Whether a date is old is measured from this time. */
  newestWatermark: z.nullable(Timestamp),
  /** The `startEntry` of the first sync. It changes only if `addAgain` starts a new baseline. */
  baselineStart: WholeNumber,
  /** The incremental run or baseline in progress. */
  run: z.nullable(Run),
  reconciliation: z.nullable(Run),
  lastRun: z.nullable(LastRun),
  /** When the last successful poll began, by the machine's clock. Kombo accepted the key during that poll. */
  succeededAt: z.nullable(Timestamp),
  /** The last run that read all records: a reconciliation, or the baseline. */
  lastReconciliation: z.nullable(LastRun),
  health: Health,
  /** Kombo's rate limit: no run is due before this time, by the machine's clock. */
  limitedUntil: z.nullable(Timestamp),
  /** The number of known progressions. */
  known: WholeNumber,
  hasEnrolmentDates: z.boolean(),
  /** Whether the set-aside list may contain a record or a status. If so, pages are compared with the list. */
  hasSetAside: z.boolean(),
  /** Suspect changes that were published without a person's decision, per hour of the last day. */
  surge: z.array(z.object({ hour: Timestamp, count: WholeNumber })),
  held: z.nullable(Held),
  /** A person's decisions, the earliest first. Each decision applies to `run` and to `reconciliation`. */
  holdDecisions: z.array(HoldDecision),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** Returns the checkpoint of an integration that was never polled. */
export function newCheckpoint(integration: IntegrationId): Checkpoint {
  return {
    integration,
    revision: 0,
    entry: 0,
    accepted: null,
    watermark: null,
    newestWatermark: null,
    baselineStart: 0,
    run: null,
    reconciliation: null,
    lastRun: null,
    succeededAt: null,
    lastReconciliation: null,
    health: { state: 'healthy' },
    limitedUntil: null,
    known: 0,
    hasEnrolmentDates: false,
    hasSetAside: false,
    surge: [],
    held: null,
    holdDecisions: [],
  };
}

/** Returns the end of Kombo's rate limit, or null if there is none at the time `now`. */
export function limitedUntil({ limitedUntil: until }: Checkpoint, now: number): string | null {
  return until !== null && Date.parse(until) > now ? until : null;
}

const HOUR_MS = 60 * 60 * 1000;
const WINDOW_MS = 24 * HOUR_MS;

/** Returns the number of suspect changes of the last 24 hours. Whole hours are counted, so up to 25. */
export function surgeCount(surge: Checkpoint['surge'], now: number): number {
  return recent(surge, now).reduce((sum, { count }) => sum + count, 0);
}

/** Adds `count` to the current hour, and drops counts that are older than a day. */
export function addToSurge(surge: Checkpoint['surge'], count: number, now: number): Checkpoint['surge'] {
  const kept = recent(surge, now);
  if (count === 0) return kept;
  const hour = new Date(Math.floor(now / HOUR_MS) * HOUR_MS).toISOString();
  const present = kept.find((bucket) => bucket.hour === hour);
  return [...kept.filter((bucket) => bucket !== present), { hour, count: (present?.count ?? 0) + count }];
}

/** Returns the limit of suspect changes in 24 hours. `share` is the share of the known progressions. */
export function surgeLimit(known: number, share: number, floor: number): number {
  return Math.max(floor, Math.floor(known * share));
}

function recent(surge: Checkpoint['surge'], now: number): Checkpoint['surge'] {
  return surge.filter(({ hour }) => Date.parse(hour) + HOUR_MS > now - WINDOW_MS);
}
