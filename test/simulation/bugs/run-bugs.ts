import { type DeliberateBug, one } from './deliberate-bug.ts';
import {
  HELD_AND_INTERRUPTED,
  MOVING_PAGES,
  OVERTAKEN,
  STEADY_PAGES,
  TWICE_AND_FAILING,
  withFault,
} from './settings.ts';
import type { SourcePatch } from './source-patch.ts';

/** Ends each run after one pass, so that no second pass finds what the first pass missed. */
const SINGLE_PASS: SourcePatch[] = one(
  'functions/core/state/run-progress.ts',
  'run.pass >= MAX_PASSES',
  'run.pass >= 1',
);

/**
 * Reads the known states of the next page when this page is fetched, while the current page is still being
 * processed.
 */
const KNOWN_READ_AHEAD: SourcePatch[] = [
  ...one(
    'functions/core/poll/read-run.ts',
    'readPages(ports.kombo, request, {',
    `readPages({
      ...ports.kombo,
      readPage: async (...asked) => {
        const page = await ports.kombo.readPage(...asked);
        const ids = page.records.map(({ state }) => state.id);
        return { ...page, known: await ports.store.readKnown(integration.id, ids) };
      },
    }, request, {`,
  ),
  ...one(
    'functions/core/poll/commit-pages.ts',
    'await decideAgainstKnown(worker, run, page.records, decisionOn, mayBeKnown)',
    `await decideAgainstKnown(
      { ...worker, ports: { ...ports, store: { ...ports.store, readKnown: async () => page.known } } },
      run, page.records, decisionOn, mayBeKnown,
    )`,
  ),
];

/**
 * Keeps a page that was fetched ahead and not processed, and uses it for the next request with its cursor,
 * even in the next call. This is possible because the process of a Lambda function lives longer than a call.
 */
const PAGES_KEPT: SourcePatch[] = [
  ...one(
    'functions/core/poll/read-pages.ts',
    'const fetchPage = (cursor: string | null) => kombo.readPage({ ...request, cursor }, leaving.signal);',
    `const fetchPage = async (cursor: string | null) => {
      const found = kept.get(cursor);
      if (found !== undefined) return found;
      const page = await kombo.readPage({ ...request, cursor });
      if (cursor !== null) kept.set(cursor, page);
      return page;
    };`,
  ),
  ...one(
    'functions/core/poll/read-pages.ts',
    'if (next === null) return;\n      position',
    'kept.delete(start.cursor); if (next === null) return;\n      position',
  ),
  ...one(
    'functions/core/poll/read-pages.ts',
    '/**\n * Reads the pages',
    'const kept = new Map();\n/**\n * Reads the pages',
  ),
];

/** Bugs in how a run reads, journals, publishes and saves, and in which worker may write. */
export const runBugs: DeliberateBug[] = [
  {
    name: 'recovery is omitted',
    patches: one('functions/core/journal/commit-entry.ts', 'await recover(worker);', ''),
  },
  {
    name: 'recovery runs only after the known states were read',
    patches: [
      ...one('functions/core/poll/run-poll.ts', 'if (worker.needsRecovery) await fenceOff(worker);', ''),
      {
        file: 'functions/core/poll/commit-pages.ts',
        replace: 'const known = await ports.store.readKnown(integration.id, mayBeKnown, records);',
        by: 'const known = await ports.store.readKnown(integration.id, mayBeKnown, records); if (worker.needsRecovery) await fenceOff(worker);',
      },
      {
        file: 'functions/core/poll/commit-pages.ts',
        replace: 'import { commitDecisions }',
        by: 'import { commitDecisions, fenceOff }',
      },
    ],
  },
  {
    name: 'the lease is released although an entry may be unfinished',
    patches: one('functions/core/journal/worker.ts', 'if (!worker.needsRecovery) return', 'return'),
  },
  {
    name: 'a pause does not recover first',
    patches: one(
      'functions/core/operator/with-lease.ts',
      'if (worker.needsRecovery) await fenceOff(worker);',
      '',
    ),
  },
  {
    name: 'a new holder of the lease recovers, but appends no fence',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'await recover(worker);',
      'await recover(worker); return;',
    ),
  },
  {
    name: 'stale reads of known states',
    patches: one(
      'functions/adapters/dynamodb/known-progressions.ts',
      'consistent: true',
      'consistent: false',
    ),
  },
  {
    name: 'known states are not read although records were known before the run',
    patches: one('functions/core/poll/commit-pages.ts', 'worker.checkpoint.entry === 0', 'true'),
  },
  {
    name: 'a first sync does not read the known state of a record that it has shown before',
    patches: one(
      'functions/core/poll/commit-pages.ts',
      'isNothingKnown ? repeated : ids',
      'isNothingKnown ? [] : ids',
    ),
  },
  {
    name: 'a pass in which an id came twice is proven',
    patches: one('functions/core/poll/commit-pages.ts', 'repeated.length === 0 && ', ''),
    setting: MOVING_PAGES,
  },
  {
    name: 'the set of shown ids forgets the ids of its full tables',
    patches: one('functions/core/poll/pass-proof.ts', 'fullTables.push(table);', ''),
    setting: {
      patches: one('functions/core/poll/pass-proof.ts', 'const FIRST_SIZE = 4_096;', 'const FIRST_SIZE = 4;'),
      scenario: {},
    },
  },
  {
    name: 'a record that comes twice in a page is compared twice with the state before the page',
    patches: one(
      'functions/core/decide/decide-page.ts',
      'states.set(id, knownAfter(decision.change, rules.entry));',
      '',
    ),
  },
  {
    name: 'the known states of a page are read before the previous page was applied',
    patches: KNOWN_READ_AHEAD,
  },
  {
    name: 'a prefetched page is used when the run continues in a later invocation',
    patches: PAGES_KEPT,
  },
  {
    name: "the checkpoint is saved without checking its revision and the lease's owner",
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      "'#revision = :before AND #lease.#owner = :owner'",
      "'attribute_exists(#lease)'",
    ),
  },
  {
    name: 'the checkpoint is saved without checking its revision',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      "'#revision = :before AND #lease.#owner = :owner'",
      "'#lease.#owner = :owner AND :before = :before'",
    ),
  },
  {
    name: "the checkpoint is saved without checking the lease's owner",
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      "'#revision = :before AND #lease.#owner = :owner'",
      "'#revision = :before AND attribute_exists(#lease.#owner)'",
    ),
    setting: OVERTAKEN,
  },
  {
    name: 'a worker continues although another worker saved the checkpoint',
    patches: one(
      'functions/core/journal/worker.ts',
      'await worker.ports.store.saveCheckpoint(checkpoint, lease);',
      'await worker.ports.store.saveCheckpoint(checkpoint, lease).catch(() => undefined);',
    ),
  },
  {
    name: 'a worker continues although its entry number is used',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'await worker.ports.store.appendEntry(entry);',
      'await worker.ports.store.appendEntry(entry).catch(() => undefined);',
    ),
  },
  {
    name: 'a lost response to an append is not recognised',
    patches: one(
      'functions/adapters/dynamodb/journal-items.ts',
      'stored === undefined || Buffer.compare(stored, content) !== 0',
      'true',
    ),
  },
  {
    name: 'a lost response to a save of the checkpoint is not recognised',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      'isDeepStrictEqual(stored.checkpoint, next)',
      'false',
    ),
  },
  {
    name: 'another save of the same worker is mistaken for the one with the lost response',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      'isDeepStrictEqual(stored.checkpoint, next)',
      'true',
    ),
  },
  {
    name: 'a lost response to acquiring the lease is not recognised',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      'if (held.owner === lease.owner) return taken(stored);',
      '',
    ),
  },
  {
    name: 'a lost response to releasing the lease is not recognised',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      'stored?.releasedBy === lease.owner &&',
      'false &&',
    ),
  },
  {
    name: 'entry numbers restart after the lease was released',
    patches: one(
      'functions/adapters/dynamodb/checkpoint-items.ts',
      '#content = if_not_exists(#content, :content), #revision = if_not_exists(#revision, :zero)',
      '#content = :content, #revision = :zero',
    ),
  },
  {
    name: 'entry numbers restart when an integration is removed and added again',
    patches: [
      ...one(
        'functions/core/operator/operator-changes.ts',
        'const stored = await ports.store.changeIntegration(\n    integration.id,\n    (before) => before && withState(before, state),\n  );',
        'const stored = await ports.store.changeIntegration(integration.id, (before) => before && withState(before, state)); if (state === "removed") change(worker, { ...newCheckpoint(integration.id), revision: worker.checkpoint.revision });',
      ),
      ...one(
        'functions/core/operator/operator-changes.ts',
        "import type { Run } from '../state/checkpoint.ts';",
        "import { newCheckpoint, type Run } from '../state/checkpoint.ts';",
      ),
    ],
  },
  {
    name: 'a later event is sent in the same request as an earlier one of its progression',
    patches: one(
      'functions/adapters/eventbridge/batches.ts',
      'const earlier = counts.get(progression) ?? 0;',
      'const earlier = 0;',
    ),
  },
  {
    name: 'a later event is sent although the previous one failed',
    patches: [
      ...one('functions/adapters/eventbridge/publisher.ts', 'result.error !== null;', 'false;'),
      ...one('functions/adapters/eventbridge/publisher.ts', 'if (result.error !== null) break;', ''),
    ],
    setting: TWICE_AND_FAILING,
  },
  {
    name: "the watermark uses only the machine's clock",
    patches: one(
      'functions/core/poll/read-run.ts',
      'watermarkAfter(worker.checkpoint.watermark, run)',
      'watermarkAfter(worker.checkpoint.watermark, { ...run, startedAt: endedAt })',
    ),
  },
  {
    name: 'the watermark uses the last response of the run, not the first',
    patches: one(
      'functions/core/state/run-progress.ts',
      'pages: run.pages + 1,',
      'pages: run.pages + 1, startedAt: page.servedAt,',
    ),
  },
  {
    name: 'the watermark moves before the last page when the invocation has no time left',
    patches: one(
      'functions/core/poll/read-run.ts',
      'const end = await commitPages(worker, pass, startOf);',
      `const end = await commitPages(worker, pass, startOf);
      const now = worker.checkpoint[slot];
      if (end === 'more' && mode === 'incremental' && now !== null) await endRun(worker, now);`,
    ),
  },
  {
    name: 'the watermark moves with a reconciliation',
    patches: one(
      'functions/core/state/run-progress.ts',
      "run.mode === 'reconcile' || run.hasUntrusted",
      'run.hasUntrusted',
    ),
  },
  {
    name: 'the watermark moves past records that were not trusted',
    patches: one(
      'functions/core/state/run-progress.ts',
      'run.hasUntrusted ? watermark',
      "(run.hasUntrusted && run.mode === 'baseline') ? watermark",
    ),
  },
  {
    name: 'the cursor moves before the page is committed',
    patches: one(
      'functions/core/poll/commit-pages.ts',
      'await commitDecisions(worker, run, decisions, detectedAt);\n  const committed = worker.checkpoint[slotOf(run.mode)] ?? run;\n  await saveSoon(worker, withRun(worker.checkpoint, afterPage(committed, page, hasUntrusted)));',
      'await saveSoon(worker, withRun(worker.checkpoint, afterPage(run, page, hasUntrusted)));\n  await commitDecisions(worker, run, decisions, detectedAt);',
    ),
    setting: { patches: SINGLE_PASS, scenario: STEADY_PAGES },
  },
  {
    name: 'a run continues from its first page, not from its cursor',
    patches: one('functions/core/poll/read-run.ts', 'counting ?? begun ?? FIRST_POSITION', 'FIRST_POSITION'),
  },
  {
    name: 'there is no overlap',
    patches: one(
      'functions/core/state/run-progress.ts',
      'Date.parse(watermark) - overlapMs',
      'Date.parse(watermark)',
    ),
  },
  {
    name: 'the second pass is omitted',
    patches: one('functions/core/state/run-progress.ts', 'run.pass >= MAX_PASSES', 'run.pass >= 1'),
  },
  {
    name: 'events are published before the entry is appended',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'await worker.ports.store.appendEntry(entry);',
      'await publishEntry(worker, entry, details); await worker.ports.store.appendEntry(entry);',
    ),
  },
  {
    name: 'the checkpoint is saved before the entry is published',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'await worker.ports.store.applyEntry(entry);',
      'await worker.ports.store.applyEntry(entry); await save(worker, advance(worker.checkpoint, entry, worker.ports.clock()));',
    ),
  },
  {
    name: 'entries that EventBridge failed count as accepted',
    patches: [
      ...one(
        'functions/adapters/eventbridge/outcome.ts',
        'if (!DENIED.has(code)) return unconfirmed(asCode(code));',
        "if (!DENIED.has(code)) return { kind: 'accepted' };",
      ),
      ...one(
        'functions/adapters/eventbridge/outcome.ts',
        '(response.FailedEntryCount ?? 0) <= failures',
        'true',
      ),
    ],
  },
  {
    name: 'a refused event is not set aside',
    patches: one('functions/core/journal/commit-entry.ts', 'if (refused.length > 0) {', 'if (false) {'),
  },
  {
    name: 'an unreadable record is not set aside',
    patches: one(
      'functions/core/poll/commit-pages.ts',
      'if (page.rejected.length > 0) await setAsideRejected(worker, page.rejected);',
      '',
    ),
  },
  {
    name: 'a retried record is removed from the set-aside list without a commit',
    patches: one(
      'functions/core/operator/retry-set-aside.ts',
      'await commitDecisions(worker, run, decisions, detectedAt);',
      '',
    ),
  },
  {
    name: 'an entry is applied without a condition',
    patches: one(
      'functions/adapters/dynamodb/apply-entry.ts',
      ` AND entry < ?\`,
        Parameters: [entry, content, pk, sk, entry],`,
      `\`,
        Parameters: [entry, content, pk, sk],`,
    ),
  },
  {
    name: 'a statement that was throttled counts as written',
    patches: one(
      'functions/adapters/dynamodb/apply-entry.ts',
      'if (BUSY.has(code)) return [write];',
      'if (BUSY.has(code)) return [];',
    ),
  },
  {
    name: 'an entry is appended without a condition',
    patches: one(
      'functions/adapters/dynamodb/journal-items.ts',
      'putItem(table, item, IF_ABSENT)',
      'putItem(table, item, {})',
    ),
  },
  {
    name: 'unprocessed keys are ignored',
    patches: one(
      'functions/adapters/dynamodb/batch-get.ts',
      'keys = response.UnprocessedKeys?.[table.name]?.Keys ?? [];',
      'keys = [];',
    ),
  },
  {
    name: 'suspect changes are not counted',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'addToSurge(checkpoint.surge, tally.suspect, now)',
      'checkpoint.surge',
    ),
  },
  {
    name: 'the count of suspect changes is lost between two runs',
    patches: one(
      'functions/core/state/run-progress.ts',
      'return { ...checkpoint, [slotOf(run.mode)]: run };',
      'return { ...checkpoint, ...(run.pages === 0 && { surge: [] }), [slotOf(run.mode)]: run };',
    ),
  },
  {
    name: 'a recovery loses the count of suspect changes',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'await finishEntry(worker, entry, await readDetails',
      'await finishEntry(worker, { ...entry, tally: { ...entry.tally, suspect: 0 } }, await readDetails',
    ),
    setting: HELD_AND_INTERRUPTED,
  },
  {
    name: 'more changes are published than a person released',
    patches: one('functions/core/episodes/hold.ts', 'changes.has(fingerprint)', 'changes !== null'),
    setting: HELD_AND_INTERRUPTED,
  },
  {
    name: 'a hold is published by each run',
    patches: one('functions/core/episodes/hold.ts', "if (held.notice === 'published') return;", ''),
  },
  {
    name: 'a failure is notified by each run',
    patches: one(
      'functions/core/episodes/health.ts',
      '  await notifyFailing(worker, health);\n  change(worker, { health: { ...health, notified: true } });',
      '  await notifyFailing(worker, health);',
    ),
  },
  {
    name: 'each failed run starts a new episode',
    patches: one('functions/core/episodes/health.ts', 'before?.since ?? new', 'new'),
  },
  {
    name: 'the end of a failure is published only if its beginning is known to be published',
    patches: one('functions/core/episodes/health.ts', 'if (health.needsNotice) {', 'if (health.notified) {'),
  },
  {
    name: 'a first baseline that restarts loses what it published',
    patches: one(
      'functions/core/state/run-progress.ts',
      'checkpoint.watermark === null ? checkpoint.baselineStart : checkpoint.entry',
      'checkpoint.entry',
    ),
  },
  {
    name: 'a reconciliation runs before there is a watermark',
    patches: one(
      'functions/core/poll/run-poll.ts',
      'checkpoint.reconciliation === null || checkpoint.watermark === null',
      'checkpoint.reconciliation === null',
    ),
  },
  {
    name: "the watermark uses only Kombo's clock",
    patches: one('functions/core/poll/read-run.ts', 'earlierOf(page.servedAt, startedBy)', 'page.servedAt'),
    setting: withFault('kombo-clock-ahead'),
  },
];
