import type { Random } from '../world/random.ts';
import { operations } from './operations.ts';
import { type Loss, NO_DATES, type RecordPatch, type SchoolRecord } from './record.ts';
import type { School } from './school.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The changes of single records that occur only in some schools. They are drawn separately, so that a new
 * kind does not change the histories of other schools.
 */
export const specialKinds = [
  'retakes',
  'no-dates',
  'unmoved-changed-at',
  'merges',
  'erasures',
  'backups',
  'unknown-statuses',
] as const;
export type SpecialKind = (typeof specialKinds)[number];

export type SpecialStep = {
  name: string;
  patch: RecordPatch;
  /** True if `updated_after` does not find the change. */
  isUnseen?: boolean;
  movesChangedAt?: boolean;
};

type Situation = { school: School; now: number; random: Random };

/**
 * For each kind, the function that returns the next change of a record, or null if the record cannot change
 * in this way now.
 */
export const specialSteps: Record<
  SpecialKind,
  (record: SchoolRecord, situation: Situation) => SpecialStep | null
> = {
  retakes: retake,
  'no-dates': loseADate,
  'unmoved-changed-at': changeInSecret,
  merges: merge,
  erasures: eraseOrReturn,
  backups: restoreBackup,
  'unknown-statuses': ({ removedAt }, { random }) =>
    removedAt === null
      ? {
          name: 'unknownStatus',
          patch: { status: random.pick(['SUSPENDED', 'EXPIRED', 'wait-listed', 'FAILED']) },
        }
      : null,
};

/**
 * Makes the next step of a retake: completes the record, reopens the course without a completion date, or
 * completes the record again. Sometimes the second completion comes without its date, and the next step adds
 * the date.
 */
function retake(record: SchoolRecord, { now, random }: Situation): SpecialStep | null {
  if (record.removedAt !== null) return null;
  if (record.status !== 'COMPLETED') {
    if (record.status !== 'IN_PROGRESS' && record.status !== 'ENROLLED') return null;
    const completedAt = random.pick([null, earlierCompletion(record) ?? now - 300 * DAY, now - MINUTE]);
    return { name: 'completeAgain', patch: { status: 'COMPLETED', completedAt } };
  }
  if (record.completedAt === null) {
    return { name: 'dateFollows', patch: { completedAt: random.pick([now - MINUTE, now - 30 * DAY]) } };
  }
  const status = random.pick(['IN_PROGRESS', 'ENROLLED']);
  return { name: 'reopenWithoutDate', patch: { status, completedAt: null } };
}

function earlierCompletion({ past }: SchoolRecord): number | null {
  return past.findLast(({ content }) => content.completedAt !== null)?.content.completedAt ?? null;
}

/**
 * Replaces a date of a present record by a date that means "none". Changes the removal date of a removed
 * record, or restores the record.
 */
function loseADate({ removedAt }: SchoolRecord, { now, random }: Situation): SpecialStep {
  const none = random.pick(NO_DATES);
  if (removedAt !== null) {
    return random.chance(0.5)
      ? { name: 'returnFromNoDate', patch: { removedAt: null, lost: 'nothing' } }
      : { name: 'removalDate', patch: { removedAt: random.pick([now, none]) } };
  }
  const field = random.pick(['enrolledAt', 'completedAt', 'changedAt', 'removedAt'] as const);
  return { name: `noDate in ${field}`, patch: { [field]: none } };
}

/** Changes the record, while its `changed_at` stays the same or becomes much older. */
function changeInSecret(record: SchoolRecord, { now, random }: Situation): SpecialStep | null {
  const name = random.pick(['start', 'complete', 'drop', 'reopen', 'remove', 'restore', 'correctEnrolment']);
  const patch = operations[name]?.(record, now, random) ?? null;
  if (patch === null) return null;
  if (random.chance(0.5)) return { name: `${name} without changed_at`, patch, movesChangedAt: false };
  const changedAt = now - random.int(30 * MINUTE, random.pick([HOUR, 20 * DAY]));
  return { name: `${name} with an old changed_at`, patch: { ...patch, changedAt } };
}

/**
 * Moves the progression to another learner or to another course. In later steps, the record is removed and
 * its data is erased.
 */
function merge(record: SchoolRecord, { school, now, random }: Situation): SpecialStep | null {
  const { learner, course, removedAt, past } = record;
  if (removedAt !== null) {
    return record.lost === 'nothing' ? { name: 'eraseMerged', patch: { lost: lossOf(random) } } : null;
  }
  const wasMerged = past.some(({ content }) => content.learner.id !== learner.id);
  if (wasMerged && random.chance(0.6)) {
    const lost = random.pick<Loss>(['nothing', 'learner', 'all-but-id']);
    return { name: 'removeMerged', patch: { removedAt: now, lost } };
  }
  if (random.chance(0.3)) {
    const number = random.int(3, 9);
    const moved = { ...course, revision: `r${number}` };
    return {
      name: 'moveToCourse',
      patch: {
        course: random.chance(0.5) ? moved : { ...moved, id: `c${number}`, title: school.titles(number) },
      },
      movesChangedAt: random.chance(0.7),
    };
  }
  const other = random.pick([...school.records.values()]).learner;
  return { name: 'mergeLearner', patch: { learner: other }, movesChangedAt: random.chance(0.7) };
}

/**
 * Makes the next step of an erasure: removes the record, removes and blanks it at the same time, erases a
 * removed record, or restores an erased record.
 */
function eraseOrReturn({ removedAt, lost }: SchoolRecord, { now, random }: Situation): SpecialStep {
  if (removedAt === null) {
    return random.chance(0.5)
      ? { name: 'removeForErasure', patch: { removedAt: now } }
      : {
          name: 'blankLiveRecord',
          patch: { removedAt: now, lost: 'all-but-id' },
          isUnseen: random.chance(0.5),
          movesChangedAt: false,
        };
  }
  if (lost === 'nothing') {
    return { name: 'eraseRemoved', patch: { lost: lossOf(random) }, isUnseen: true, movesChangedAt: false };
  }
  return { name: 'returnErased', patch: { removedAt: null, lost: 'nothing' } };
}

function lossOf(random: Random): Loss {
  return random.pick<Loss>(['learner', 'all-but-removal', 'all-but-id']);
}

/** Restores a backup in Kombo, so that the record permanently has an earlier version again. */
function restoreBackup({ past }: SchoolRecord, { random }: Situation): SpecialStep | null {
  if (past.length === 0) return null;
  return { name: 'restoreBackup', patch: random.pick(past).content, isUnseen: random.chance(0.3) };
}
