import * as z from 'zod/mini';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { PollMode } from '../../contract/messages.ts';
import { WaitingChanges } from '../../contract/waiting-changes.ts';

/** What a person decided about held changes: exactly those in the named chunks. */
export const HoldDecision = z.object({
  action: z.enum(['release', 'discard']),
  /** The run that was stopped. */
  slot: z.enum(['run', 'reconciliation']),
  chunks: z.array(z.string()),
});
export type HoldDecision = z.infer<typeof HoldDecision>;

/** How many records had an unknown status, and ids of some of them. */
export const UnknownStatus = z.object({
  status: z.string(),
  count: PositiveNumber,
  sample: z.array(z.string()),
});
export type UnknownStatus = z.infer<typeof UnknownStatus>;

/** A run in progress: enough to continue it in another invocation. */
export const Run = z.object({
  mode: PollMode,
  /** When the first page was read, by the slower of Kombo's clock and the machine's: the watermark after the run. */
  startedAt: Timestamp,
  updatedAfter: z.nullable(Timestamp),
  /** The page to read next; null for the first page of a pass. */
  cursor: z.nullable(z.string()),
  /** 1 for the first reading of the pages, then one more per reading. */
  pass: PositiveNumber,
  passPages: WholeNumber,
  passRecords: WholeNumber,
  passChanged: z.boolean(),
  /** An earlier cursor of this pass to compare with (Brent's cycle detection), and when to replace it. */
  mark: z.nullable(z.object({ cursor: z.string(), replaceAt: WholeNumber })),
  /** Times the pages were started over because Kombo refused a cursor. */
  restarts: WholeNumber,
  /** The last journal entry when the run began. A change of what the baseline itself stored is published. */
  startEntry: WholeNumber,
  /** Progressions that were known when the run began. */
  knownAtStart: WholeNumber,
  pages: WholeNumber,
  records: WholeNumber,
  events: WholeNumber,
  missed: WholeNumber,
  setAside: WholeNumber,
  unknownStatuses: z.array(UnknownStatus),
  /** Something was not trusted, since the data is expired or a record is older than the known state: the watermark stays. */
  hasUntrusted: z.boolean(),
});
export type Run = z.infer<typeof Run>;

/** A run that ended, for people to read. */
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

/** Why the last run failed. `kind` says what to do next: see `errors.ts`. */
export const Failure = z.object({
  kind: z.enum(['transient', 'integration', 'waiting', 'access-refused', 'deployment']),
  code: z.nullable(z.string()),
  message: z.string(),
  logUrl: z.nullable(z.string()),
});
export type Failure = z.infer<typeof Failure>;

/**
 * `needsNotice`: `IntegrationFailing` must be published for this episode, and may already have been, by a worker that died.
 * `notified`: it was published.
 */
export const Health = z.discriminatedUnion('state', [
  z.object({ state: z.literal('healthy') }),
  z.object({
    state: z.literal('failing'),
    since: Timestamp,
    failures: PositiveNumber,
    failedAt: Timestamp,
    /** No run is due before this time of the machine's clock. */
    retryAt: Timestamp,
    needsNotice: z.boolean(),
    notified: z.boolean(),
    failure: Failure,
  }),
]);
export type Health = z.infer<typeof Health>;

/** Suspect changes that wait for a person. */
export const Held = z.object({
  since: Timestamp,
  mode: PollMode,
  /** The changes counted so far. */
  waiting: WaitingChanges,
  /** Ids of some of the progressions that wait. */
  sample: z.array(z.string()),
  /** How many suspect changes are published in 24 hours without a person. */
  limit: WholeNumber,
  /** The position of the run when the count began; null when the changes must be counted again. */
  stoppedAt: z.nullable(
    z.object({ startedAt: Timestamp, pass: PositiveNumber, cursor: z.nullable(z.string()) }),
  ),
  /** The run at the position up to which pages were counted; null when all were. */
  counting: z.nullable(Run),
  /** Names of the stored chunks of the count. */
  chunks: z.array(z.string()),
  /** Whether `ChangesHeld` was published for this episode. `unsure`: a worker was about to publish it. */
  notice: z.enum(['none', 'unsure', 'published']),
});
export type Held = z.infer<typeof Held>;

/** A course, and how many counted changes are in it. */
export type CourseCount = WaitingChanges['courses'][number];

/** A part of a count, as stored: fingerprints in a row, and the courses of their changes. */
export type HeldChunk = { fingerprints: Uint8Array; courses: CourseCount[] };

/** The worker that may write. Absent when it was released. */
export const Lease = z.object({
  owner: z.string(),
  /** The machine's clock. */
  until: Timestamp,
});
export type Lease = z.infer<typeof Lease>;

/** The state of one integration. Only the holder of the lease writes it. */
export const Checkpoint = z.object({
  integration: IntegrationId,
  /** The number of writes: a worker recognises its own write when the response was lost. */
  revision: WholeNumber,
  /** The number of the last journal entry that is applied and published. */
  entry: WholeNumber,
  /** The event indexes of entry `entry + 1` that EventBridge accepted, when it was published in part. */
  accepted: z.nullable(z.object({ entry: PositiveNumber, indexes: z.array(WholeNumber) })),
  watermark: z.nullable(Timestamp),
  /** The latest watermark so far. A date is old when it is well before this time. */
  newestWatermark: z.nullable(Timestamp),
  /** The `startEntry` of the first sync. It stays the same if the first sync has to start over. */
  baselineStart: WholeNumber,
  /** The incremental run or baseline in progress. */
  run: z.nullable(Run),
  reconciliation: z.nullable(Run),
  lastRun: z.nullable(LastRun),
  /** When the last successful run began, by the machine's clock: Kombo accepted the key then. */
  succeededAt: z.nullable(Timestamp),
  /** The last run that read everything: a reconciliation, or the baseline. */
  lastReconciliation: z.nullable(LastRun),
  health: Health,
  /** Kombo's rate limit: no run is due before this time of the machine's clock. */
  limitedUntil: z.nullable(Timestamp),
  /** How many progressions are known. */
  known: WholeNumber,
  /** Some known progression has an enrolment date. */
  hasEnrolmentDates: z.boolean(),
  /** Something may be set aside: pages are compared with the list. Reset when everything was read and the list is empty. */
  hasSetAside: z.boolean(),
  /** Suspect changes that were published without a person, per hour of the last day. */
  surge: z.array(z.object({ hour: Timestamp, count: WholeNumber })),
  held: z.nullable(Held),
  /** What a person decided about held changes, earliest first. Applies to both runs. */
  holdDecisions: z.array(HoldDecision),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** The checkpoint of an integration that was never polled. */
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

/** Until when Kombo's rate limit stops an integration, or null. */
export function limitedUntil({ limitedUntil: until }: Checkpoint, now: number): string | null {
  return until !== null && Date.parse(until) > now ? until : null;
}

const HOUR_MS = 60 * 60 * 1000;
const WINDOW_MS = 24 * HOUR_MS;

/** Suspect changes published in the last 24 hours, counted by whole hours: up to an hour too many, never too few. */
export function surgeCount(surge: Checkpoint['surge'], now: number): number {
  return recent(surge, now).reduce((sum, { count }) => sum + count, 0);
}

/** The counts with `count` more in the current hour, without those older than a day. */
export function addToSurge(surge: Checkpoint['surge'], count: number, now: number): Checkpoint['surge'] {
  const kept = recent(surge, now);
  if (count === 0) return kept;
  const hour = new Date(Math.floor(now / HOUR_MS) * HOUR_MS).toISOString();
  const present = kept.find((bucket) => bucket.hour === hour);
  return [...kept.filter((bucket) => bucket !== present), { hour, count: (present?.count ?? 0) + count }];
}

/** How many suspect changes are published in 24 hours without a person. */
export function surgeLimit(known: number, share: number, floor: number): number {
  return Math.max(floor, Math.floor(known * share));
}

function recent(surge: Checkpoint['surge'], now: number): Checkpoint['surge'] {
  return surge.filter(({ hour }) => Date.parse(hour) + HOUR_MS > now - WINDOW_MS);
}
