import { NO_FAULTS, type Scenario } from './scenario.ts';
import type { SourcePatch } from './source-patch.ts';

/** A bug that is put into the sources to show that the simulation would find it. */
export type DeliberateBug = {
  name: string;
  patches: SourcePatch[];
  /**
   * Where the bug would otherwise hide behind another rule: what the sources and the histories have in common besides it.
   * The same without the bug must keep every promise.
   */
  setting?: { patches: SourcePatch[]; scenario: Partial<Scenario> };
};

/** Pages between which no record slips, so that a single pass finds everything. */
const STEADY_PAGES: Partial<Scenario> = {
  pages: { order: 'id', cursors: 'after', isInclusive: true, changesPerPage: 0, repeats: 0 },
};

/** A few records that go back and forth, seldom seen again once they were read, and workers that stand still. */
const OVERTAKEN: Partial<Scenario> = {
  records: 1,
  operations: 3,
  polls: 4,
  pageSize: 20,
  pauseMs: 10 * 60_000,
  latenessMs: 13 * 60_000,
  leaseMs: 2 * 60_000,
  together: 0.5,
  undo: 0.7,
  faults: { ...NO_FAULTS, frozen: 0.05, 'table-write-delayed': 0.3 },
};

/** Entries of a few records, and a single pass: what a split page loses is not found by the second one. */
const SPLIT_PAGES_IN_ONE_PASS: SourcePatch[] = [
  {
    file: 'functions/core/split-changes.ts',
    replace: 'const MAX_JSON_BYTES = 350_000;',
    by: 'const MAX_JSON_BYTES = 700;',
  },
  {
    file: 'functions/core/run-progress.ts',
    replace: 'run.pass >= MAX_PASSES',
    by: 'run.pass >= 1',
  },
];

const one = (file: string, replace: string, by: string): SourcePatch[] => [{ file, replace, by }];

export const deliberateBugs: DeliberateBug[] = [
  {
    name: 'recovery left out',
    patches: one('functions/core/take-over.ts', 'await recover(worker);', ''),
  },
  {
    name: 'fence left out at a hand-over (recovery only)',
    patches: one('functions/core/take-over.ts', 'await recover(worker);', 'await recover(worker); return;'),
    setting: { patches: [], scenario: OVERTAKEN },
  },
  {
    name: 'stale reads of known states',
    patches: one('functions/adapters/dynamodb/read-known.ts', 'consistent: true', 'consistent: false'),
  },
  {
    name: 'a record that comes twice in a page is decided twice against what was known before the page',
    patches: one(
      'functions/core/decide-page.ts',
      'left.set(record.state.id, knownAfter(decision.change, rules.entry));',
      '',
    ),
  },
  {
    name: 'the checkpoint moves whatever revision and owner it has',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      "'#revision = :before AND #lease.#owner = :owner'",
      "'attribute_exists(#lease)'",
    ),
  },
  {
    name: 'a lost answer to an append is not recognised',
    patches: one(
      'functions/adapters/dynamodb/journal-items.ts',
      'stored === undefined || Buffer.compare(stored, content) !== 0',
      'true',
    ),
  },
  {
    name: 'a lost answer to a move of the checkpoint is not recognised',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      'isDeepStrictEqual(stored.checkpoint, next)',
      'false',
    ),
  },
  {
    name: 'another move of the same worker is taken for the one whose answer was lost',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      'isDeepStrictEqual(stored.checkpoint, next)',
      'true',
    ),
  },
  {
    name: 'a lost answer to a taking of the lease is not recognised',
    patches: one(
      'functions/adapters/dynamodb/take-lease.ts',
      'if (held.owner === lease.owner) return answer(stored, lease);',
      '',
    ),
  },
  {
    name: 'each entry of a split page carries the cursor forward',
    patches: one('functions/core/commit-page.ts', 'at === parts.length - 1 ? forward : undefined', 'forward'),
    setting: { patches: SPLIT_PAGES_IN_ONE_PASS, scenario: STEADY_PAGES },
  },
  {
    name: 'the numbers start over when the lease was given back',
    patches: one(
      'functions/adapters/dynamodb/take-lease.ts',
      '#content = if_not_exists(#content, :content), #revision = if_not_exists(#revision, :zero)',
      '#content = :content, #revision = :zero',
    ),
  },
  {
    name: 'a later event is sent together with an earlier one of its progression',
    patches: one(
      'functions/adapters/eventbridge/waves.ts',
      'const earlier = counts.get(progression) ?? 0;',
      'const earlier = 0;',
    ),
  },
  {
    name: "the watermark comes from the machine's clock",
    patches: one(
      'functions/core/end-run.ts',
      'watermark: watermarkAfter(watermark, run)',
      'watermark: watermarkAfter(watermark, { ...run, startedAt: endedAt })',
    ),
  },
  {
    name: "the watermark comes from the run's last answer, not its first",
    patches: one(
      'functions/core/run-progress.ts',
      'pages: run.pages + 1,',
      'pages: run.pages + 1, startedAt: page.servedAt,',
    ),
  },
  {
    name: 'the watermark moves before the last page, when the time is spent',
    patches: one(
      'functions/core/read-run.ts',
      "if (waiting === null) return 'more';",
      "if (waiting === null) { if (mode === 'incremental') await endRun(worker, run); return 'more'; }",
    ),
  },
  {
    name: 'no overlap',
    patches: one('functions/core/watermark.ts', 'Date.parse(watermark) - overlapMs', 'Date.parse(watermark)'),
  },
  {
    name: 'the second pass is left out',
    patches: one('functions/core/run-progress.ts', 'run.pass >= MAX_PASSES', 'run.pass >= 1'),
  },
  {
    name: 'published before it is appended',
    patches: one(
      'functions/core/commit-entry.ts',
      'await worker.ports.store.appendEntry(entry);',
      'await publishEntry(worker, entry, details); await worker.ports.store.appendEntry(entry);',
    ),
  },
  {
    name: 'the checkpoint moves before the entry is published',
    patches: one(
      'functions/core/commit-entry.ts',
      'await worker.ports.store.applyEntry(entry);',
      'await worker.ports.store.applyEntry(entry); await move(worker, advance(worker.checkpoint, entry, worker.ports.clock()));',
    ),
  },
  {
    name: 'a lost partial failure: entries that EventBridge failed count as accepted',
    patches: one(
      'functions/adapters/eventbridge/entry-outcome.ts',
      "return { kind: DENIED.has(code) ? 'denied' : 'unconfirmed', code };",
      "return DENIED.has(code) ? { kind: 'denied', code } : { kind: 'accepted' };",
    ),
  },
  {
    name: 'a refused event is not set aside',
    patches: one('functions/core/commit-entry.ts', 'if (answer.refused.length > 0) {', 'if (false) {'),
  },
  {
    name: 'applied without a condition',
    patches: one(
      'functions/adapters/dynamodb/apply-entry.ts',
      "'attribute_not_exists(pk) OR #entry < :entry'",
      "'attribute_not_exists(pk) OR attribute_exists(pk)'",
    ),
  },
  {
    name: 'appended without a condition',
    patches: one(
      'functions/adapters/dynamodb/journal-items.ts',
      "ConditionExpression: 'attribute_not_exists(pk)',",
      '',
    ),
  },
  {
    name: 'unprocessed keys are forgotten',
    patches: one(
      'functions/adapters/dynamodb/batch-get.ts',
      'keys = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];',
      'keys = [];',
    ),
  },
  {
    name: 'null replaces a known status',
    patches: one(
      'functions/core/decide-events.ts',
      'status: state.status ?? known.status,',
      'status: state.status,',
    ),
  },
  {
    name: 'expired data is believed',
    patches: one(
      'functions/core/decide-against-known.ts',
      '(await ports.kombo.readDataExpiredAt(integration.id)) !== null',
      'false',
    ),
  },
  {
    name: 'what counts towards a hold is not counted',
    patches: one(
      'functions/core/advance.ts',
      'addToSurge(checkpoint.surge, heldTotal(entry.tally), now)',
      'checkpoint.surge',
    ),
  },
  {
    name: 'a first baseline that begins again forgets what it told',
    patches: one(
      'functions/core/run-progress.ts',
      'checkpoint.watermark === null ? 0 : checkpoint.entry',
      'checkpoint.entry',
    ),
  },
];
