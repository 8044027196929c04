import { type DeliberateBug, one } from './deliberate-bug.ts';

/**
 * Bugs that only tests find, because the simulation cannot find them or because they only cause additional
 * reads.
 */
export const testedBugs: DeliberateBug[] = [
  {
    name: 'a decision is not carried out while other changes are counted',
    patches: one(
      'functions/core/poll/count-suspect-changes.ts',
      'await commitWhatWasDecided(worker, run, decided);',
      '',
    ),
    testedBy: ['test/core/episodes/held.test.ts', 'test/core/episodes/hold-exactly.test.ts'],
  },
  {
    name: 'a statement whose condition failed counts as written',
    patches: one(
      'functions/adapters/dynamodb/apply-entry.ts',
      'return write.isSecond ? [] : [{ ...write, isSecond: true }];',
      'return [];',
    ),
    testedBy: ['test/adapters/dynamodb/apply-entry.test.ts'],
  },
  {
    name: 'a worker continues for ten minutes after its lease expired',
    patches: one(
      'functions/core/journal/worker.ts',
      'worker.ports.clock() > worker.leaseUntil',
      'worker.ports.clock() > worker.leaseUntil + 600_000',
    ),
    testedBy: ['test/core/poll/faults.test.ts'],
  },
  {
    name: 'a worker whose lease expired still sets records aside',
    patches: one(
      'functions/core/poll/set-aside-records.ts',
      'stopIfExpired(worker);\n  const { ports, integration } = worker;\n  const at',
      'const { ports, integration } = worker;\n  const at',
    ),
    testedBy: ['test/core/poll/faults.test.ts'],
  },
  {
    name: 'set-aside items are retried as in an incremental run during a forced baseline',
    patches: one(
      'functions/core/operator/retry-set-aside.ts',
      "watermark === null || run?.mode === 'baseline'",
      'watermark === null',
    ),
    testedBy: ['test/core/operator/retry-set-aside.test.ts'],
  },
  {
    name: 'missing entries at the end of the range of a replay are not detected',
    patches: one('functions/core/replay/plan-replay.ts', 'if (expected <= found.last) {', 'if (false) {'),
    testedBy: ['test/core/replay/plan-replay.test.ts'],
  },
  {
    name: 'records that are set aside are counted in each pass',
    patches: one(
      'functions/core/state/run-progress.ts',
      'run.pass === 1 ? page.rejected.length : 0',
      'page.rejected.length',
    ),
    testedBy: ['test/core/state/run-progress.test.ts'],
  },
  {
    name: 'a page is decided twice while suspect changes are counted',
    patches: one(
      'functions/core/poll/count-suspect-changes.ts',
      'yield { page, decided: await decideAgainstKnown(worker, run, page.records, decisionOn) };',
      'await decideAgainstKnown(worker, run, page.records, decisionOn); yield { page, decided: await decideAgainstKnown(worker, run, page.records, decisionOn) };',
    ),
    testedBy: ['test/core/episodes/hold-exactly.test.ts', 'test/core/episodes/held.test.ts'],
  },
  {
    name: 'the age of a change is measured from the current watermark, not from the latest one',
    patches: one(
      'functions/core/poll/commit-pages.ts',
      'newestWatermark: checkpoint.newestWatermark,',
      'newestWatermark: checkpoint.watermark,',
    ),
    testedBy: ['test/core/episodes/hold-kinds.test.ts'],
  },
  {
    name: 'two forced baselines have the same event id',
    patches: one(
      'functions/core/poll/read-run.ts',
      'worker.checkpoint.watermark === null ? integration.addedAt : run.startedAt',
      'integration.addedAt',
    ),
    testedBy: ['test/core/poll/baseline.test.ts'],
  },
  {
    name: 'a decision about a hold applies only to the stopped run',
    patches: one(
      'functions/core/poll/read-run.ts',
      'await readHoldDecisions(worker)',
      'await readHoldDecisions({ ...worker, checkpoint: { ...worker.checkpoint, holdDecisions: worker.checkpoint.holdDecisions.filter((each) => each.slot === slot) } })',
    ),
    testedBy: ['test/core/episodes/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'a stopped run publishes held changes when a day has passed',
    patches: one(
      'functions/core/episodes/hold.ts',
      'return isStopped ? Math.max(recent, held.surge) : recent;',
      'return recent;',
    ),
    testedBy: ['test/core/episodes/held.test.ts'],
  },
  {
    name: "a decision about a hold ends with a run that did not trust Kombo's data",
    patches: one(
      'functions/core/episodes/hold.ts',
      'run.hasUntrusted || holdDecisions.length === 0',
      'false',
    ),
    testedBy: ['test/core/episodes/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'a decision about a hold never ends',
    patches: one('functions/core/episodes/hold.ts', 'decision.slot !== slotOf(run.mode) ||', 'true ||'),
    testedBy: ['test/core/episodes/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'a decision about a hold ends while the record of a covered change cannot be read',
    patches: one('functions/core/episodes/hold.ts', 'const items = hasSetAside ?', 'const items = false ?'),
    testedBy: ['test/core/episodes/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'a record that can never be read keeps a decision about a hold',
    patches: one('functions/core/episodes/hold.ts', ' && !decision.isKept', ''),
    testedBy: ['test/core/episodes/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'suspect changes that a held run publishes do not count towards its limit',
    patches: one(
      'functions/core/journal/commit-entry.ts',
      'isHeld ? { ...held, surge: held.surge + tally.suspect } : held',
      'held',
    ),
    testedBy: ['test/core/episodes/held.test.ts'],
  },
  {
    name: 'the limit of suspect changes is free again when a long hold ends',
    patches: one('functions/core/episodes/hold.ts', 'const later = mayWait ?', 'const later = !mayWait ?'),
    testedBy: ['test/core/episodes/held.test.ts', 'test/core/episodes/decisions-of-both-runs.test.ts'],
  },
];
