import type { LearnerDetails } from '../../contract/event-parts.ts';
import type { Baseline } from '../../contract/integration.ts';
import type { PollMode } from '../../contract/messages.ts';
import type { SuspectKind } from '../../contract/waiting-changes.ts';
import { type Change, EMPTY_TALLY, knownAfter, type Tally } from '../state/journal-entry.ts';
import { type KnownProgression, type ObservedProgression, sameFacts } from '../state/progression.ts';
import { decideEvents, discarded, silenced } from './decide-events.ts';
import { type IntegrationHabits, isOlderVersion, recordDate, suspectKind } from './suspect.ts';

/** What decides a page besides its records. Times in ISO 8601. */
export type PageRules = IntegrationHabits & {
  mode: PollMode;
  baseline: Baseline;
  /** The last journal entry when the run began. */
  startEntry: number;
  /** In the first reconciliation after a baseline, when that baseline began; otherwise null. */
  baselineStart: string | null;
  /** The number of the page's entry. */
  entry: number;
  watermark: string | null;
  overlapMs: number;
  /** The integration's data is expired: removals, restorations and erasures are not trusted. */
  dataExpired: boolean;
  /** What a person decided about a suspect change, or null. */
  decisionOn: (change: Change) => 'release' | 'discard' | null;
  /**
   * Records that were older than the known state and were read again, by id; null where Kombo returned none. Other records
   * must be read again before they are decided.
   */
  readAgain: ReadonlyMap<string, ObservedProgression | null>;
  detectedAt: string;
};

/** One change, and how it is counted. */
export type Decision = {
  change: Change;
  tally: Tally;
  /** Why the change is suspect; null when it is not, or when a person has decided about it. */
  suspect: SuspectKind | null;
  /** Personal data, for the event only. */
  learnerDetails: LearnerDetails;
};

export type DecidedPage = {
  decisions: Decision[];
  /** Something was not trusted: the watermark must not move past it. */
  hasUntrusted: boolean;
  /** Ids of records that are older than the known state and must be read again before the page is decided. */
  olderThanKnown: string[];
  detectedAt: string;
};

/**
 * Decides the records of a page in order. A record that comes twice is compared with the state after the first. Pure.
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
    // A record of which a part was ignored is no proof that the change which a person discarded is gone from Kombo.
    if (change === null || (!trusted.isWhole && change.events.length === 0)) continue;
    const decision = classify(change, before, rules, record.learnerDetails);
    page.decisions.push(decision);
    states.set(id, knownAfter(decision.change, rules.entry));
  }
  return page;
}

/** Whether a record was removed, restored or erased, so that Kombo must be asked whether the data is expired. */
export function mentionsRemoval(
  records: ObservedProgression[],
  known: ReadonlyMap<string, KnownProgression>,
): boolean {
  return records.some((record) => !trustRemovals(record, known.get(record.state.id) ?? null, true).isWhole);
}

/**
 * The record to decide. If this one is older than the known state and differs from it, the record that was read again is used:
 * when it is newer, or when it is the same old version (Kombo restored a backup). Otherwise null: not trusted. `ask` when the
 * record must be read again first.
 */
function latestVersion(
  record: ObservedProgression,
  before: KnownProgression | null,
  { readAgain, detectedAt }: PageRules,
): ObservedProgression | 'ask' | null {
  if (!isOlderVersion(record.state, before) || decideEvents(before, record, detectedAt) === null)
    return record;
  const answer = readAgain.get(record.state.id);
  if (answer === undefined) return 'ask';
  if (answer === null) return null;
  return !isOlderVersion(answer.state, before) || isSameVersion(answer, record) ? answer : null;
}

function isSameVersion(a: ObservedProgression, b: ObservedProgression): boolean {
  const facts = ({ state, erased }: ObservedProgression) => ({ ...state, erased });
  return a.state.changedAt === b.state.changedAt && a.removed === b.removed && sameFacts(facts(a), facts(b));
}

/**
 * The trusted part of a record. If the data is expired, its removal, restoration or erasure is left out; a new record that
 * shows one is not trusted at all.
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
  const suspect = suspectKind(change, before, rules);
  if (suspect === null) return { change, tally, suspect, learnerDetails };
  const decision = rules.decisionOn(change);
  if (decision === null) return { change, tally: { ...tally, suspect: 1 }, suspect, learnerDetails };
  const decided = decision === 'discard' ? discarded(change, before) : change;
  return { change: decided, tally: { ...tally, decided: 1 }, suspect: null, learnerDetails };
}

/**
 * Whether the baseline's setting decides about a change: in a baseline, and, in the first reconciliation after it, for a record
 * that the baseline should have seen. A change of a record that this baseline has already stored
 * happened during the baseline, and is published.
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

/** `since` publishes a record by its own date; a record without a date is stored silently. */
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

/** Whether an incremental run should have found the change. `updated_after` does not return erasures. */
function isMissed(change: Change, { mode, watermark, overlapMs }: PageRules): boolean {
  if (mode !== 'reconcile' || watermark === null || change.state.changedAt === null) return false;
  if (!change.events.some((type) => type !== 'LearnerDataErased')) return false;
  return Date.parse(change.state.changedAt) < Date.parse(watermark) - overlapMs;
}
