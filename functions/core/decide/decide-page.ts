import type { LearnerDetails } from '../../contract/event-parts.ts';
import type { Baseline } from '../../contract/integration.ts';
import type { PollMode } from '../../contract/messages.ts';
import type { SuspectKind } from '../../contract/waiting-changes.ts';
import { type Change, EMPTY_TALLY, knownAfter, type Tally } from '../state/journal-entry.ts';
import { type KnownProgression, type ObservedProgression, sameFacts } from '../state/progression.ts';
import { decideEvents, discarded, silenced } from './decide-events.ts';
import { type IntegrationHabits, isOlderVersion, recordDate, suspectKind } from './suspect.ts';

/** What `decidePage` needs to know besides the records. Times are in ISO 8601. */
export type PageRules = IntegrationHabits & {
  mode: PollMode;
  baseline: Baseline;
  /** The number of the last journal entry when the run began. */
  startEntry: number;
  /** In the first reconciliation after a baseline, the time when this baseline began; otherwise null. */
  baselineStart: string | null;
  /** The number that the page's journal entry will have. */
  entry: number;
  watermark: string | null;
  overlapMs: number;
  /** Whether Kombo marks the data as expired. Then removals, restorations and erasures are not trusted. */
  dataExpired: boolean;
  /** Returns a person's decision about a suspect change, or null if there is no decision about it. */
  decisionOn: (change: Change) => 'release' | 'discard' | null;
  /**
   * The second versions of records that were older than the known state, by id; null if Kombo did not return
   * the record again. An older record that is not in this map must be read again.
   */
  readAgain: ReadonlyMap<string, ObservedProgression | null>;
  detectedAt: string;
};

export type Decision = {
  change: Change;
  tally: Tally;
  /** Null if the change is not suspect, or if the baseline or a person determines whether it is published. */
  suspect: SuspectKind | null;
  /** Personal data. It may be published, but never stored or logged. */
  learnerDetails: LearnerDetails;
};

export type DecidedPage = {
  decisions: Decision[];
  /** Whether a record was not wholly trusted. Then the watermark stays, so that the record is read again. */
  hasUntrusted: boolean;
  /** The ids of records to read again. `decidePage` must then be called with the results (`readAgain`). */
  olderThanKnown: string[];
  detectedAt: string;
};

/**
 * Returns the changes that the records of a page show, in the order of the records. If the page contains a
 * record twice, the second copy is compared with the state after the first copy.
 *
 * @param known the known states by progression id; new ids are absent
 */
export function decidePage(
  records: ObservedProgression[],
  known: ReadonlyMap<string, KnownProgression>,
  rules: PageRules,
): DecidedPage {
  const states = new Map(known);
  const page: DecidedPage = {
    decisions: [],
    hasUntrusted: false,
    olderThanKnown: [],
    detectedAt: rules.detectedAt,
  };

  for (const shown of records) {
    const { id } = shown.state;
    const before = states.get(id) ?? null;
    const record = latestVersion(shown, before, rules);
    if (record === 'ask') page.olderThanKnown.push(id);
    if (record === null) page.hasUntrusted = true;
    if (record === 'ask' || record === null) continue;

    const trusted = trustRemovals(record, before, rules.dataExpired);
    if (!trusted.isWhole) page.hasUntrusted = true;
    if (trusted.record === null) continue;

    const change = decideEvents(before, trusted.record, rules.detectedAt);
    if (change === null) continue;
    // A record that is trusted only in part does not show whether a discarded change was undone at Kombo.
    const hasDiscarded = before !== null && before.discarded !== null;
    if (!trusted.isWhole && hasDiscarded && change.events.length === 0) continue;
    const decision = classify(change, before, rules, record.learnerDetails);
    page.decisions.push(decision);
    states.set(id, knownAfter(decision.change, rules.entry));
  }
  return page;
}

/** Returns whether a record shows a removal, a restoration or an erasure. */
export function mentionsRemoval(
  records: ObservedProgression[],
  known: ReadonlyMap<string, KnownProgression>,
): boolean {
  return records.some((record) => !trustRemovals(record, known.get(record.state.id) ?? null, true).isWhole);
}

/**
 * Returns the version of the record to compare with the known state. A record that is older than the known
 * state and differs from it must be read again: without the second version, returns `ask`. The second version
 * is trusted if it is not older, or if it is the same older version again (Kombo restored a backup).
 * Otherwise, returns null.
 */
function latestVersion(
  record: ObservedProgression,
  before: KnownProgression | null,
  { readAgain, detectedAt }: PageRules,
): ObservedProgression | 'ask' | null {
  if (!isOlderVersion(record.state, before) || decideEvents(before, record, detectedAt) === null)
    return record;
  const again = readAgain.get(record.state.id);
  if (again === undefined) return 'ask';
  if (again === null) return null;
  return !isOlderVersion(again.state, before) || isSameVersion(again, record) ? again : null;
}

function isSameVersion(a: ObservedProgression, b: ObservedProgression): boolean {
  const facts = ({ state, erased }: ObservedProgression) => ({ ...state, erased });
  return a.state.changedAt === b.state.changedAt && a.removed === b.removed && sameFacts(facts(a), facts(b));
}

/**
 * Returns the trusted part of a record. If the data is expired, a removal, restoration or erasure is left
 * out, and a new record that is removed or erased is not trusted at all.
 */
function trustRemovals(
  record: ObservedProgression,
  before: KnownProgression | null,
  dataExpired: boolean,
): { record: ObservedProgression | null; isWhole: boolean } {
  if (!dataExpired) return { record, isWhole: true };
  const removedAt = before?.state.removedAt ?? null;
  const isRemoved = record.removed || record.erased;
  if (isRemoved === (removedAt !== null) && record.erased === (before?.erased ?? false)) {
    return { record, isWhole: true };
  }
  if (before === null) return { record: null, isWhole: false };
  const state = { ...record.state, removedAt };
  return {
    record: { ...record, state, removed: removedAt !== null, erased: before.erased, namesBlank: false },
    isWhole: false,
  };
}

function classify(
  change: Change,
  before: KnownProgression | null,
  rules: PageRules,
  learnerDetails: LearnerDetails,
): Decision {
  const tally = {
    ...EMPTY_TALLY,
    firstSeen: before === null ? 1 : 0,
    missed: isMissed(change, rules) ? 1 : 0,
  };
  if (isOfBaseline(change, before, rules)) {
    return { change: baselined(change, rules), tally, suspect: null, learnerDetails };
  }
  // Ordinary learning (an enrolment, a start or a completion with a recent date) is not suspect.
  const suspect = suspectKind(change, before, rules);
  if (suspect === null) return { change, tally, suspect, learnerDetails };
  const decision = rules.decisionOn(change);
  if (decision === null) return { change, tally: { ...tally, suspect: 1 }, suspect, learnerDetails };
  const decided = decision === 'discard' ? discarded(change, before) : change;
  return { change: decided, tally: { ...tally, decided: 1 }, suspect: null, learnerDetails };
}

/**
 * Returns whether the baseline's setting determines if the change is published. This is so during a baseline,
 * for records that the baseline has not stored yet. It is also so in the first reconciliation after it, for
 * records that the baseline missed although they were last changed before it began.
 */
function isOfBaseline(
  { state }: Change,
  before: KnownProgression | null,
  { mode, startEntry, baselineStart }: PageRules,
): boolean {
  if (mode === 'baseline') return before === null || before.entry <= startEntry;
  const { changedAt } = state;
  return before === null && baselineStart !== null && changedAt !== null && changedAt < baselineStart;
}

/** With `since`, a change of a record without a date (see `recordDate`) is stored without an event. */
function baselined(change: Change, { baseline }: PageRules): Change {
  switch (baseline.mode) {
    case 'silent':
      return silenced(change);
    case 'publish':
      return change;
    case 'since':
      return (recordDate(change.state) ?? '') >= baseline.date ? change : silenced(change);
  }
}

/**
 * Returns whether an incremental run should have found the change. Erasures do not count, since Kombo's
 * `updated_after` does not return them.
 */
function isMissed(change: Change, { mode, watermark, overlapMs }: PageRules): boolean {
  if (mode !== 'reconcile' || watermark === null || change.state.changedAt === null) return false;
  if (!change.events.some((type) => type !== 'LearnerDataErased')) return false;
  return Date.parse(change.state.changedAt) < Date.parse(watermark) - overlapMs;
}
