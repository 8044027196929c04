import { type DeliberateBug, one } from './deliberate-bug.ts';

/** Bugs where the simulation does not reach, or that only cost something: a test finds them. */
export const testedBugs: DeliberateBug[] = [
  {
    name: 'a worker goes on for ten minutes after its lease ran out',
    patches: one(
      'functions/core/worker.ts',
      'worker.ports.clock() > worker.leaseUntil',
      'worker.ports.clock() > worker.leaseUntil + 600_000',
    ),
    testedBy: ['test/core/faults.test.ts'],
  },
  {
    name: 'a worker whose lease ran out still sets records aside',
    patches: one(
      'functions/core/set-aside-records.ts',
      'if (rejected.length === 0) return;\n  stopIfExpired(worker);',
      'if (rejected.length === 0) return;',
    ),
    testedBy: ['test/core/faults.test.ts'],
  },
  {
    name: 'what was set aside is retried as an incremental run during a forced baseline',
    patches: one(
      'functions/core/retry-set-aside.ts',
      "watermark === null || run?.mode === 'baseline'",
      'watermark === null',
    ),
    testedBy: ['test/core/retry-set-aside.test.ts'],
  },
  {
    name: 'entries that are missing at the end of the range of a replay are not noticed',
    patches: one('functions/core/plan-replay.ts', 'if (expected <= found.last) {', 'if (false) {'),
    testedBy: ['test/core/plan-replay.test.ts'],
  },
  {
    name: 'records that are set aside are counted in each pass',
    patches: one(
      'functions/core/run-progress.ts',
      'run.pass === 1 ? page.rejected.length : 0',
      'page.rejected.length',
    ),
    testedBy: ['test/core/run-progress.test.ts'],
  },
  {
    name: 'a page is decided twice while suspect changes are counted',
    patches: one(
      'functions/core/count-suspect-changes.ts',
      'yield { page, decided: await decideAgainstKnown(worker, run, page.records, decisionOn) };',
      'await decideAgainstKnown(worker, run, page.records, decisionOn); yield { page, decided: await decideAgainstKnown(worker, run, page.records, decisionOn) };',
    ),
    testedBy: ['test/core/hold-exactly.test.ts', 'test/core/held.test.ts'],
  },
  {
    name: 'what is old is measured by the present watermark, not by the latest one',
    patches: one(
      'functions/core/decide-against-known.ts',
      'newestWatermark: checkpoint.newestWatermark,',
      'newestWatermark: checkpoint.watermark,',
    ),
    testedBy: ['test/core/set-watermark.test.ts', 'test/core/hold-kinds.test.ts'],
  },
  {
    name: 'two forced baselines have one event id',
    patches: one(
      'functions/core/end-run.ts',
      'worker.checkpoint.watermark === null ? run.startEntry : run.startedAt',
      'run.startEntry',
    ),
    testedBy: ['test/core/baseline.test.ts'],
  },
  {
    name: 'a decision about a hold applies to the run that was stopped alone',
    patches: one(
      'functions/core/read-run.ts',
      'await readHoldDecisions(worker)',
      'await readHoldDecisions({ ...worker, checkpoint: { ...worker.checkpoint, holdDecisions: worker.checkpoint.holdDecisions.filter((each) => each.slot === slot) } })',
    ),
    testedBy: ['test/core/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'a decision about a hold ends with a run that did not trust what Kombo showed',
    patches: one('functions/core/hold.ts', 'if (run.disbelieved || hasSetAside) return holdDecisions;', ''),
    testedBy: ['test/core/decisions-of-both-runs.test.ts'],
  },
  {
    name: 'a decision about a hold never ends',
    patches: one(
      'functions/core/hold.ts',
      'holdDecisions.filter(({ slot }) => slot !== slotOf(run.mode))',
      'holdDecisions',
    ),
    testedBy: ['test/core/decisions-of-both-runs.test.ts'],
  },
];
