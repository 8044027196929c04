import type { Random } from '../world/random.ts';
import type { Loss, RecordPatch, SchoolRecord } from './record.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** Returns a change of a record, or null if the change is not possible now. */
export type Operation = (record: SchoolRecord, now: number, random: Random) => RecordPatch | null;

const OPEN = ['ENROLLED', 'IN_PROGRESS'];

/**
 * The changes of single records that occur in every school, except in schools where only ordinary learning
 * happens.
 */
export const operations: Record<string, Operation> = {
  start: inStatus(['ENROLLED', null, 'SUSPENDED'], () => ({ status: 'IN_PROGRESS' })),
  complete: inStatus(['ENROLLED', 'IN_PROGRESS', 'DROPPED', 'SUSPENDED', null], (record, now, random) => ({
    status: 'COMPLETED',
    completedAt: random.chance(0.9) ? now - random.int(0, HOUR) : record.completedAt,
  })),
  drop: inStatus([...OPEN, 'COMPLETED'], () => ({ status: 'DROPPED' })),
  leave: inStatus([...OPEN, 'COMPLETED'], (_record, now) => ({ status: 'DROPPED', removedAt: now })),
  reenrol: inStatus(['DROPPED'], (record, now, random) => ({
    status: random.pick(OPEN),
    enrolledAt: random.chance(0.5) ? now : record.enrolledAt,
  })),
  reset: inStatus(['IN_PROGRESS'], () => ({ status: 'ENROLLED' })),
  reopen: inStatus(['COMPLETED'], (record, _now, random) => ({
    status: random.pick(OPEN),
    completedAt: random.chance(0.7) ? null : record.completedAt,
  })),
  recertify: inStatus(['COMPLETED'], ({ completedAt }, now, random) => ({
    completedAt: (completedAt ?? now) + DAY + random.int(1, 100) * HOUR,
  })),
  correctCompletion: inStatus(['COMPLETED'], ({ completedAt }, now, random) => ({
    completedAt: (completedAt ?? now) + random.pick([-DAY, -1, 1, DAY]),
  })),
  loseStatus: inStatus([...OPEN, 'COMPLETED', 'DROPPED'], (_record, _now, random) => ({
    status: random.pick([null, 'SUSPENDED']),
  })),
  correctEnrolment: whilePresent(({ enrolledAt }, now, random) => ({
    enrolledAt: (enrolledAt ?? now) - random.int(1, DAY),
  })),
  loseDates: whilePresent((_record, _now, random) =>
    random.chance(0.5) ? { enrolledAt: null } : { completedAt: null },
  ),
  touch: whilePresent(() => ({})),
  touchRemoteData: whilePresent((_record, _now, random) => ({ remoteData: random.int(1, 1000) })),
  changeRemoteId: whilePresent((_record, _now, random) => ({ remoteId: `remote-${random.int(1000, 9999)}` })),
  rename: whilePresent(({ learner }, _now, random) => ({
    learner: { ...learner, lastName: `Nachname${random.int(1000, 9999)}` },
  })),
  remove: whilePresent((_record, now) => ({ removedAt: now })),
  restore: ({ removedAt, lost }) => (removedAt !== null && lost === 'nothing' ? { removedAt: null } : null),
  erase: ({ removedAt, lost }, _now, random) =>
    removedAt !== null && lost === 'nothing'
      ? { lost: random.pick<Loss>(['all-but-removal', 'all-but-removal', 'learner', 'all-but-id']) }
      : null,
};

/** The changes of ordinary learning, which are never held. */
export const ordinaryOperations: Record<string, Operation> = {
  start: inStatus(['ENROLLED'], () => ({ status: 'IN_PROGRESS' })),
  complete: inStatus([...OPEN, 'DROPPED'], (_record, now, random) => ({
    status: 'COMPLETED',
    completedAt: now - random.int(0, HOUR),
  })),
  completeWithoutDate: inStatus(OPEN, () => ({ status: 'COMPLETED', completedAt: null })),
  dateFollows: inStatus(['COMPLETED'], ({ completedAt }, now) =>
    completedAt === null ? { completedAt: now - HOUR } : null,
  ),
  renew: inStatus(['COMPLETED'], ({ completedAt }, now) =>
    completedAt !== null && completedAt < now - DAY ? { completedAt: now } : null,
  ),
  touch: whilePresent(() => ({})),
  rename: whilePresent(({ learner }, _now, random) => ({
    learner: { ...learner, lastName: `Nachname${random.int(1000, 9999)}` },
  })),
};

function inStatus(statuses: (string | null)[], operation: Operation): Operation {
  return whilePresent((record, now, random) =>
    statuses.includes(record.status) ? operation(record, now, random) : null,
  );
}

function whilePresent(operation: Operation): Operation {
  return (record, now, random) => (record.removedAt === null ? operation(record, now, random) : null);
}
