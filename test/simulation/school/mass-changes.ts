import type { Random } from '../world/random.ts';
import { enrolledNow } from './enrol.ts';
import { type Operation, ordinaryOperations } from './operations.ts';
import type { RecordContent, SchoolRecord } from './record.ts';
import type { School } from './school.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const removal = onPresent((_record, now) => ({ removedAt: now }));

/** For each suspect kind, the change that a mass change makes to each record. */
const suspect: Record<string, (random: Random, now: number) => Operation> = {
  removeMany: () => removal,
  restoreMany:
    () =>
    ({ removedAt }) =>
      removedAt === null ? null : { removedAt: null, lost: 'nothing' },
  reopenMany: (random) => {
    const status = random.pick(['IN_PROGRESS', 'ENROLLED']);
    return onPresent((record) => (record.status === 'COMPLETED' ? { status, completedAt: null } : null));
  },
  dropMany: () => onPresent(({ status }) => (status === 'DROPPED' ? null : { status: 'DROPPED' })),
  resetMany: () => onPresent(({ status }) => (status === 'IN_PROGRESS' ? { status: 'ENROLLED' } : null)),
  completeManyLongAgo: () =>
    onPresent(({ status }, now) =>
      status === 'COMPLETED' ? null : { status: 'COMPLETED', completedAt: now - 90 * DAY },
    ),
  shiftDates: (random) => {
    const by = random.pick([HOUR, -HOUR, 3 * DAY, -3 * DAY]);
    return onPresent(({ enrolledAt, completedAt }) => ({
      enrolledAt: enrolledAt === null ? null : enrolledAt + by,
      completedAt: completedAt === null ? null : completedAt + by,
    }));
  },
  blankMany: () => onPresent((_record, now) => ({ removedAt: now, lost: 'all-but-id' })),
  restoreBackupOfAll: (random, now) => {
    const time = now - random.int(HOUR, DAY);
    return ({ past }) => past.find(({ until }) => until > time)?.content ?? null;
  },
};

/** The ordinary changes of many records, such as on a deadline day, by their names. */
const ordinary: Record<string, () => Operation> = {
  startMany: () => (record, now, random) => ordinaryOperations['start']?.(record, now, random) ?? null,
  completeMany: () => (record, now, random) => ordinaryOperations['complete']?.(record, now, random) ?? null,
};

export type MassChange = {
  name: string;
  /** The change of each affected record. */
  change: Operation;
  /** The new records. */
  added: RecordContent[];
};

const UNTOUCHED: Operation = () => null;

export const massRemoval: MassChange = { name: 'removeMany', change: removal, added: [] };

export function drawSuspectMassChange(school: School, now: number, random: Random): MassChange {
  if (random.chance(0.2))
    return { name: 'enlargeScope', change: UNTOUCHED, added: longSince(school, now, random) };
  const name = random.pick(Object.keys(suspect));
  return { name, change: suspect[name]?.(random, now) ?? UNTOUCHED, added: [] };
}

export function drawOrdinaryMassChange(school: School, now: number, random: Random): MassChange {
  if (random.chance(0.3)) {
    const added = Array.from({ length: random.int(3, 12) }, (_, at) => enrolledNow(school, now, at));
    return { name: 'enrolCompany', change: UNTOUCHED, added };
  }
  const name = random.pick(Object.keys(ordinary));
  return { name, change: ordinary[name]?.() ?? UNTOUCHED, added: [] };
}

/** Returns old records that are newly shared with Kombo, all without a date or all with an old date. */
function longSince(school: School, now: number, random: Random): RecordContent[] {
  const isDated = random.chance(0.5);
  return Array.from({ length: random.int(3, 12) }, (_, at) => {
    const status = random.pick(['ENROLLED', 'IN_PROGRESS', 'COMPLETED']);
    const date = isDated ? now - random.int(10, 400) * DAY : null;
    return {
      ...enrolledNow(school, now, at),
      status,
      enrolledAt: date,
      completedAt: status === 'COMPLETED' ? date : null,
    };
  });
}

function onPresent(operation: Operation): Operation {
  return (record: SchoolRecord, now, random) =>
    record.removedAt === null ? operation(record, now, random) : null;
}
