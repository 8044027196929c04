import type { SuspectKind } from '../../../functions/contract/waiting-changes.ts';
import { type DeliberateBug, one } from './deliberate-bug.ts';
import { HELD, ORDINARY, UNDATED } from './settings.ts';

/** Returns a bug with which changes of this kind are not counted as suspect. */
function passes(kind: SuspectKind): DeliberateBug {
  const patches =
    kind === 'olderVersion'
      ? one(
          'functions/core/decide/suspect.ts',
          "if (isOlderVersion(change.state, before)) return 'olderVersion';",
          '',
        )
      : one(
          'functions/core/decide/suspect.ts',
          '.map((type) => kindOf(type, change, before, habits));',
          `.map((type) => kindOf(type, change, before, habits)).map((kind) => (kind === '${kind}' ? null : kind));`,
        );
  return { name: `any number of changes of this kind is published: ${kind}`, patches, setting: HELD };
}

/** Bugs in deciding what is held, and in applying a person's decision. */
export const holdBugs: DeliberateBug[] = [
  ...(
    [
      'removed',
      'restored',
      'erased',
      'reopened',
      'reset',
      'dropped',
      'completedOld',
      'recompletedOld',
      'firstSeenOld',
      'firstSeenUndated',
      'corrected',
      'olderVersion',
    ] as const
  ).map(passes),
  {
    name: 'recent completions are held',
    patches: one(
      'functions/core/decide/suspect.ts',
      'const OLD_AFTER_MS = 3 * 24 * 60 * 60 * 1000;',
      'const OLD_AFTER_MS = -Infinity;',
    ),
    setting: ORDINARY,
  },
  {
    name: 'enrolments without a date are held on a platform that sends no enrolment dates',
    patches: one('functions/core/decide/suspect.ts', '(isOngoing && !habits.hasEnrolmentDates)', 'false'),
    setting: UNDATED,
  },
  {
    name: 'a completion without a date is held although its record is known',
    patches: one(
      'functions/core/decide/suspect.ts',
      "return isOld(state.completedAt, habits) ? 'completedOld' : null;",
      "return isOld(state.completedAt, habits) || state.completedAt === null ? 'firstSeenUndated' : null;",
    ),
    setting: UNDATED,
  },
  {
    name: 'a completion is dated by the enrolment',
    patches: one(
      'functions/core/decide/suspect.ts',
      "return (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;",
      'return enrolledAt;',
    ),
  },
  {
    name: 'published suspect changes are not counted',
    patches: one(
      'functions/core/episodes/hold.ts',
      'publishedBefore(checkpoint, mode, now) + suspect',
      'suspect',
    ),
    setting: HELD,
  },
  {
    name: 'a release publishes any change',
    patches: one('functions/core/episodes/hold.ts', 'changes.has(fingerprint)', 'true'),
    setting: HELD,
  },
  {
    name: 'the fingerprint of a change ignores its facts',
    patches: one(
      'functions/core/episodes/change-set.ts',
      'JSON.stringify([id, status, enrolledAt, completedAt, removedAt !== null, isErased])',
      'JSON.stringify([id])',
    ),
    setting: HELD,
  },
  {
    name: 'a change that differs only in `enrolledAt` is mistaken for the discarded one',
    patches: one('functions/core/state/progression.ts', 'a.enrolledAt === b.enrolledAt &&', ''),
    setting: HELD,
  },
  {
    name: 'the changes counted in an earlier invocation are lost',
    patches: one(
      'functions/core/poll/count-suspect-changes.ts',
      'const chunks = [...held.chunks];',
      'const chunks: string[] = [];',
    ),
    setting: HELD,
  },
  {
    name: 'a person decides before everything is counted',
    patches: one('functions/core/episodes/hold.ts', 'run === null || !isCounted(held, run)', 'run === null'),
    setting: HELD,
  },
  {
    name: 'the end of any run resolves the hold',
    patches: one(
      'functions/core/poll/read-run.ts',
      'if (held !== null && slotOf(held.mode) === slot)',
      'if (held !== null)',
    ),
    setting: HELD,
  },
  {
    name: 'a discarded change is published when it is seen again',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'const facts = discarded === null ? factsAfter(before) : before;',
      'const facts = factsAfter(before);',
    ),
    setting: HELD,
  },
  {
    name: 'a discard publishes the counted changes',
    patches: one(
      'functions/core/decide/decide-page.ts',
      "decision === 'discard' ? discarded(change, before) : change",
      'change',
    ),
    setting: HELD,
  },
];
