import type { Baseline } from '../contract/baseline.ts';
import type { HeldCounts } from '../contract/held-counts.ts';
import type { PollMode } from '../contract/poll-mode.ts';
import type { Allowance } from './checkpoint.ts';
import { decideEvents, discarded, silenced } from './decide-events.ts';
import { occurredAt, stepsOf } from './events-of-entry.ts';
import type { Change, Tally } from './journal-entry.ts';
import { type KnownProgression, knownAfter } from './known-progression.ts';
import type { ObservedProgression } from './observed-progression.ts';

/** A first-seen record is old when its own date lies this long before the watermark; connectors may be 48 h late. */
const OLD_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** What a page is decided by, besides the records. Times in ISO 8601. */
export type PageRules = {
  mode: PollMode;
  baseline: Baseline;
  /** The journal's number when the run began. */
  startEntry: number;
  /** The number that the page's entry will have. */
  entry: number;
  watermark: string | null;
  overlapMs: number;
  /** The integration's data is expired: nothing that Kombo says of removals is believed. */
  dataExpired: boolean;
  allowance: Allowance | null;
  detectedAt: string;
};

/** One change, and how it counts. */
export type Decision = { change: Change; tally: Tally };

export type DecidedPage = {
  decisions: Decision[];
  /** A removal or restoration was not believed: the watermark must not pass it. */
  disbelieved: boolean;
};

/**
 * Decides the records of a page in their order, each against what the one before it left. Pure.
 *
 * @param known the known states by progression id; ids that were never seen are absent
 */
export function decidePage(
  records: ObservedProgression[],
  known: ReadonlyMap<string, KnownProgression>,
  rules: PageRules,
): DecidedPage {
  const left = new Map(known);
  const decisions: Decision[] = [];
  let disbelieved = false;
  let allowed = rules.allowance?.left ?? 0;

  for (const record of records) {
    const before = left.get(record.state.id) ?? null;
    const believed = believe(record, before, rules.dataExpired);
    if (believed !== record) disbelieved = true;
    if (believed === null) continue;

    const change = decideEvents(before, believed);
    // Silent: that a discarded change went away, which a record that is not believed cannot say.
    if (change === null || (believed !== record && change.events.length === 0)) continue;
    const decision = judge(change, before, rules, allowed);
    allowed -= decision.tally.allowed;
    decisions.push(decision);
    left.set(record.state.id, knownAfter(decision.change, rules.entry));
  }
  return { decisions, disbelieved };
}

/** Whether a page says of some record that it was removed, restored or erased, and so needs the integration's details. */
export function speaksOfRemovals(
  records: ObservedProgression[],
  known: ReadonlyMap<string, KnownProgression>,
): boolean {
  return records.some((record) => {
    const before = known.get(record.state.id) ?? null;
    return believe(record, before, true) !== record;
  });
}

export function sumTallies(tallies: Tally[]): Tally {
  const sum = { ...NOTHING };
  for (const tally of tallies) {
    sum.firstSeen += tally.firstSeen;
    sum.removed += tally.removed;
    sum.restored += tally.restored;
    sum.firstSeenOld += tally.firstSeenOld;
    sum.allowed += tally.allowed;
    sum.missed += tally.missed;
  }
  return sum;
}

/** The changes of a tally that count towards a hold. */
export function heldTotal(counts: HeldCounts): number {
  return counts.removed + counts.restored + counts.firstSeenOld;
}

/** A tally of nothing. */
export const NOTHING: Tally = {
  firstSeen: 0,
  removed: 0,
  restored: 0,
  firstSeenOld: 0,
  allowed: 0,
  missed: 0,
};

/**
 * The record as far as it is believed: itself; with the known removal where the data is expired; or null where such a
 * record was never seen.
 */
function believe(
  record: ObservedProgression,
  before: KnownProgression | null,
  dataExpired: boolean,
): ObservedProgression | null {
  if (!dataExpired) return record;
  const wasRemoved = before?.state.removedAt ?? null;
  const isRemoved = record.state.removedAt ?? (record.erased ? wasRemoved : null);
  const sameRemoval = (wasRemoved === null) === (isRemoved === null);
  const sameErasure = record.erased === (before?.erased ?? false);
  if (sameRemoval && sameErasure) return record;
  if (before === null) return null;
  return { ...record, erased: before.erased, state: { ...record.state, removedAt: wasRemoved } };
}

function judge(change: Change, before: KnownProgression | null, rules: PageRules, allowed: number): Decision {
  const firstSeen = change.previous === null ? 1 : 0;
  // What this very baseline saw before is known to consumers' satisfaction: a change since then really happened.
  if (rules.mode === 'baseline' && (before === null || before.entry <= rules.startEntry)) {
    return { change: baselined(change, rules), tally: { ...NOTHING, firstSeen } };
  }
  const missed = isMissed(change, rules) ? 1 : 0;
  const kind = heldKind(change, rules);
  if (kind === null) return { change, tally: { ...NOTHING, firstSeen, missed } };
  if (rules.allowance !== null && allowed > 0) {
    const settled = rules.allowance.action === 'discard' ? discarded(change) : change;
    return { change: settled, tally: { ...NOTHING, firstSeen, missed, allowed: 1 } };
  }
  return { change, tally: { ...NOTHING, firstSeen, missed, [kind]: 1 } };
}

function baselined(change: Change, { baseline, detectedAt }: PageRules): Change {
  switch (baseline.mode) {
    case 'silent':
      return silenced(change);
    case 'publish':
      return change;
    case 'since': {
      const isRecent = stepsOf(change).some((step) => occurredAt(step, detectedAt) >= baseline.date);
      return isRecent ? change : silenced(change);
    }
  }
}

function heldKind(change: Change, rules: PageRules): keyof HeldCounts | null {
  if (change.events.includes('ProgressionRemoved')) return 'removed';
  if (change.events.includes('ProgressionRestored')) return 'restored';
  // A status that was never shown counts as a first sight: a field turned on for the first time shows it for everyone.
  const isFirstSight = (change.previous?.status ?? null) === null;
  if (!isFirstSight || change.events.length === 0 || rules.watermark === null) return null;
  const { status, completedAt, enrolledAt } = change.state;
  const ownDate = (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;
  const isOld = ownDate !== null && Date.parse(ownDate) < Date.parse(rules.watermark) - OLD_AFTER_MS;
  return isOld ? 'firstSeenOld' : null;
}

/** An incremental run should have seen it. Erasures do not count: `updated_after` cannot see them. */
function isMissed(change: Change, { mode, watermark, overlapMs }: PageRules): boolean {
  if (mode !== 'reconcile' || watermark === null || change.state.changedAt === null) return false;
  if (!change.events.some((type) => type !== 'LearnerDataErased')) return false;
  return Date.parse(change.state.changedAt) < Date.parse(watermark) - overlapMs;
}
