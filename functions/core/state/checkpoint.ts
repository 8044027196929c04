import * as z from 'zod/mini';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { PollMode } from '../../contract/messages.ts';
import { WaitingChanges } from '../../contract/waiting-changes.ts';

/** What a person decided about suspect changes that a run was stopped before: exactly those in the named chunks. */
export const HoldDecision = z.object({
  action: z.enum(['release', 'discard']),
  /** The run that was stopped. */
  slot: z.enum(['run', 'reconciliation']),
  chunks: z.array(z.string()),
});
export type HoldDecision = z.infer<typeof HoldDecision>;

/** Records of one status that is not known: how many, and ids of some. */
export const UnknownStatus = z.object({
  status: z.string(),
  count: PositiveNumber,
  sample: z.array(z.string()),
});
export type UnknownStatus = z.infer<typeof UnknownStatus>;

/** A run in progress: enough to continue it in another invocation. */
export const Run = z.object({
  mode: PollMode,
  /** When the first page was read, by Kombo's clock or the machine's, whichever is behind: the watermark when the run ends. */
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
  /** The journal's number when the run began: a baseline is silent about what was known before it. */
  startEntry: WholeNumber,
  pages: WholeNumber,
  records: WholeNumber,
  events: WholeNumber,
  missed: WholeNumber,
  setAside: WholeNumber,
  unknownStatuses: z.array(UnknownStatus),
  /** Something was not believed, since the integration's data is expired or a record is older than known: the watermark stays. */
  hasUntrusted: z.boolean(),
});
export type Run = z.infer<typeof Run>;

/** The last run that ended, for people. */
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

/** What stopped the last run, by what to do next. */
export const Failure = z.object({
  kind: z.enum(['transient', 'integration', 'waiting', 'access-refused', 'deployment']),
  code: z.nullable(z.string()),
  message: z.string(),
  logUrl: z.nullable(z.string()),
});
export type Failure = z.infer<typeof Failure>;

/**
 * `failing`: runs fail. `needsNotice`: `IntegrationFailing` is to be published for this episode, and may have been, by a
 * worker that died; `notified`: it was.
 */
export const Health = z.discriminatedUnion('state', [
  z.object({ state: z.literal('healthy') }),
  z.object({
    state: z.literal('failing'),
    since: Timestamp,
    failures: PositiveNumber,
    failedAt: Timestamp,
    /** The machine's clock: no run is due before. */
    retryAt: Timestamp,
    needsNotice: z.boolean(),
    notified: z.boolean(),
    failure: Failure,
  }),
]);
export type Health = z.infer<typeof Health>;

/** A mass change that waits for a person. */
export const Held = z.object({
  since: Timestamp,
  mode: PollMode,
  /** What waits, as far as it was counted. */
  waiting: WaitingChanges,
  /** Ids of some of the progressions that wait. */
  sample: z.array(z.string()),
  /** How many suspect changes pass in 24 hours without a person. */
  limit: WholeNumber,
  /** Where the run stood when the counting began; null when the changes must be counted anew. */
  stoppedAt: z.nullable(
    z.object({ startedAt: Timestamp, pass: PositiveNumber, cursor: z.nullable(z.string()) }),
  ),
  /** The run as it would stand after the pages that were counted; null when all of them were. */
  counting: z.nullable(Run),
  /** The stored fingerprints of what was counted, by name. */
  chunks: z.array(z.string()),
  /** Whether `ChangesHeld` was published for this episode. `unsure`: it was about to be, before a crash perhaps. */
  notice: z.enum(['none', 'unsure', 'published']),
});
export type Held = z.infer<typeof Held>;

/** A course, and how many of the counted changes are in it. */
export type CourseCount = WaitingChanges['courses'][number];

/** A part of what was counted, as it is stored: fingerprints one behind the other, and the courses of their changes. */
export type HeldChunk = { fingerprints: Uint8Array; courses: CourseCount[] };

/** The worker that may write; present without being expired while it works, absent when it was given back. */
export const Lease = z.object({
  owner: z.string(),
  /** The machine's clock. */
  until: Timestamp,
});
export type Lease = z.infer<typeof Lease>;

/** Where one integration stands. Only the holder of the lease writes it. */
export const Checkpoint = z.object({
  integration: IntegrationId,
  /** Counts the writes: recognises one's own when its answer was lost. */
  revision: WholeNumber,
  /** The number of the last journal entry that is applied and published. */
  entry: WholeNumber,
  /** Entry `entry + 1` was published in part: the event indexes that EventBridge accepted. */
  accepted: z.nullable(z.object({ entry: PositiveNumber, indexes: z.array(WholeNumber) })),
  watermark: z.nullable(Timestamp),
  /** The latest that the watermark ever was: what is old is measured by it. */
  newestWatermark: z.nullable(Timestamp),
  /** The journal's number that a baseline counts from while there is no watermark, however often its run begins anew. */
  baselineStart: WholeNumber,
  /** The incremental run or baseline in progress. */
  run: z.nullable(Run),
  reconciliation: z.nullable(Run),
  lastRun: z.nullable(LastRun),
  /** When the last run that did not fail began, by the machine's clock: Kombo took the key then. */
  succeededAt: z.nullable(Timestamp),
  /** The last run that read everything: a reconciliation, or the baseline. */
  lastReconciliation: z.nullable(LastRun),
  health: Health,
  /** Kombo's rate limit: no run is due before. By the machine's clock. */
  limitedUntil: z.nullable(Timestamp),
  /** Progressions known. */
  known: WholeNumber,
  /** Some known progression has an enrolment date. */
  hasEnrolmentDates: z.boolean(),
  /** Records or statuses are set aside, or were until everything was read again: the list is read to take off what it can. */
  hasSetAside: z.boolean(),
  /** Suspect changes that passed, per hour of the last day. */
  surge: z.array(z.object({ hour: Timestamp, count: WholeNumber })),
  held: z.nullable(Held),
  /** What persons decided, earliest first. They apply to both runs. */
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

/** Until when Kombo's rate limit stops an integration, or null when it does not. */
export function limitedUntil({ limitedUntil: until }: Checkpoint, now: number): string | null {
  return until !== null && Date.parse(until) > now ? until : null;
}

const HOUR_MS = 60 * 60 * 1000;
const WINDOW_MS = 24 * HOUR_MS;

/** Suspect changes that passed in the last 24 hours; never fewer, up to an hour's more. */
export function surgeCount(surge: Checkpoint['surge'], now: number): number {
  return recent(surge, now).reduce((sum, { count }) => sum + count, 0);
}

/** The counts with some more in the present hour, and without those that are older than a day. */
export function addToSurge(surge: Checkpoint['surge'], count: number, now: number): Checkpoint['surge'] {
  const kept = recent(surge, now);
  if (count === 0) return kept;
  const hour = new Date(Math.floor(now / HOUR_MS) * HOUR_MS).toISOString();
  const present = kept.find((bucket) => bucket.hour === hour);
  return [...kept.filter((bucket) => bucket !== present), { hour, count: (present?.count ?? 0) + count }];
}

/** How many such changes pass in 24 hours without a person. */
export function surgeLimit(known: number, share: number, floor: number): number {
  return Math.max(floor, Math.floor(known * share));
}

function recent(surge: Checkpoint['surge'], now: number): Checkpoint['surge'] {
  return surge.filter(({ hour }) => Date.parse(hour) + HOUR_MS > now - WINDOW_MS);
}
