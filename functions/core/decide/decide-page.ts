import type { LearnerDetails } from '../../contract/event-parts.ts';
import type { Baseline } from '../../contract/integration.ts';
import type { PollMode } from '../../contract/messages.ts';
import type { SuspectKind } from '../../contract/waiting-changes.ts';
import { type Change, EMPTY_TALLY, knownAfter, type Tally } from '../state/journal-entry.ts';
import { type KnownProgression, type ObservedProgression, sameFacts } from '../state/progression.ts';
import { decideEvents, discarded, silenced } from './decide-events.ts';
import { type IntegrationHabits, isOlderVersion, recordDate, suspectKind } from './suspect.ts';

/** What a page is decided by, besides the records. Times in ISO 8601. */
export type PageRules = IntegrationHabits & {
  mode: PollMode;
  baseline: Baseline;
  /** The journal's number when the run began. */
  startEntry: number;
  /** The number that the page's entry will have. */
  entry: number;
  watermark: string | null;
  overlapMs: number;
  /** The integration's data is expired: nothing that Kombo shows of removals is believed. */
  dataExpired: boolean;
  /** What a person decided about a suspect change, or null. */
  decisionOn: (change: Change) => 'release' | 'discard' | null;
  /**
   * What Kombo showed when it was asked again for records that were older than known, by id; null for what it did not
   * show. Records that are not in it have to be asked for.
   */
  readAgain: ReadonlyMap<string, ObservedProgression | null>;
  detectedAt: string;
};

/** One change, and how it counts. */
export type Decision = {
  change: Change;
  tally: Tally;
  /** Why it waits when there are too many such changes; null when it does not, or when a person decided about it. */
  suspect: SuspectKind | null;
  /** Of the learner, for the event alone. */
  learnerDetails: LearnerDetails;
};

export type DecidedPage = {
  decisions: Decision[];
  /** Something that Kombo showed was not believed: the watermark must not pass it. */
  hasUntrusted: boolean;
  /** Ids of records that are older than known, to be read again before the page is decided. */
  olderThanKnown: string[];
  detectedAt: string;
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
  const page: DecidedPage = {
    decisions: [],
    hasUntrusted: false,
    olderThanKnown: [],
    detectedAt: rules.detectedAt,
  };

  for (const shown of records) {
    const { id } = shown.state;
    const before = left.get(id) ?? null;
    const record = latestVersion(shown, before, rules);
    if (record === 'ask') page.olderThanKnown.push(id);
    if (record === null) page.hasUntrusted = true;
    if (record === 'ask' || record === null) continue;

    const believed = trustRemovals(record, before, rules.dataExpired);
    if (!believed.isWhole) page.hasUntrusted = true;
    if (believed.record === null) continue;

    const change = decideEvents(before, believed.record, rules.detectedAt);
    // What is not believed cannot show that a discarded change went away.
    if (change === null || (!believed.isWhole && change.events.length === 0)) continue;
    const decision = classify(change, before, rules, record.learnerDetails);
    page.decisions.push(decision);
    left.set(id, knownAfter(decision.change, rules.entry));
  }
  return page;
}

/** Whether a page shows that some record was removed, restored or erased, and so needs the integration's details. */
export function mentionsRemoval(
  records: ObservedProgression[],
  known: ReadonlyMap<string, KnownProgression>,
): boolean {
  return records.some((record) => !trustRemovals(record, known.get(record.state.id) ?? null, true).isWhole);
}

/**
 * The record to go by, where this one is older than what is known and differs: Kombo's answer when it was asked again, if
 * that is newer; the record itself, if the answer is the same, since Kombo then went back to it; null when neither is
 * certain, `ask` before it was asked.
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
 * The record as far as it is believed: the whole of it, or, where the data is expired, without what it shows of a removal,
 * restoration or erasure; nothing at all where such a record was never seen.
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
  const firstSeen = before === null ? 1 : 0;
  // A change of what this very baseline saw happened during it, and is published.
  if (rules.mode === 'baseline' && (before === null || before.entry <= rules.startEntry)) {
    const tally = { ...EMPTY_TALLY, firstSeen };
    return { change: baselined(change, rules), tally, suspect: null, learnerDetails };
  }
  const tally = { ...EMPTY_TALLY, firstSeen, missed: isMissed(change, rules) ? 1 : 0 };
  const suspect = suspectKind(change, before, rules);
  if (suspect === null) return { change, tally, suspect, learnerDetails };
  const decision = rules.decisionOn(change);
  if (decision === null) return { change, tally: { ...tally, suspect: 1 }, suspect, learnerDetails };
  const settled = decision === 'discard' ? discarded(change, before) : change;
  return { change: settled, tally: { ...tally, decided: 1 }, suspect: null, learnerDetails };
}

/** A record without a date of its own is not known to be of the time that is asked for. */
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

/** An incremental run should have seen it. Erasures do not count: `updated_after` cannot see them. */
function isMissed(change: Change, { mode, watermark, overlapMs }: PageRules): boolean {
  if (mode !== 'reconcile' || watermark === null || change.state.changedAt === null) return false;
  if (!change.events.some((type) => type !== 'LearnerDataErased')) return false;
  return Date.parse(change.state.changedAt) < Date.parse(watermark) - overlapMs;
}
