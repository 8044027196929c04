import type { Random } from '../world/random.ts';
import type { NullableField, School, SchoolRecord } from './school.ts';
import { addRecord } from './school.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

/** What can happen to one record, each where it applies; changes the record's fields and nothing of its bookkeeping. */
const recordOperations: Record<
  string,
  { applies(record: SchoolRecord): boolean; apply(record: SchoolRecord, now: number, random: Random): void }
> = {
  start: inStatus(['ENROLLED', null, 'SUSPENDED'], (record) => {
    record.status = 'IN_PROGRESS';
  }),
  complete: inStatus(['ENROLLED', 'IN_PROGRESS', 'DROPPED', 'SUSPENDED', null], (record, now, random) => {
    record.status = 'COMPLETED';
    record.completedAt = random.chance(0.9) ? now - random.int(0, HOUR) : record.completedAt;
  }),
  drop: inStatus(['ENROLLED', 'IN_PROGRESS', 'COMPLETED'], (record) => {
    record.status = 'DROPPED';
  }),
  leave: inStatus(['ENROLLED', 'IN_PROGRESS', 'COMPLETED'], (record, now) => {
    record.status = 'DROPPED';
    record.removedAt = now;
  }),
  reenrol: inStatus(['DROPPED'], (record, now, random) => {
    record.status = random.pick(['ENROLLED', 'IN_PROGRESS']);
    if (random.chance(0.5)) record.enrolledAt = now;
  }),
  reset: inStatus(['IN_PROGRESS'], (record) => {
    record.status = 'ENROLLED';
  }),
  reopen: inStatus(['COMPLETED'], (record, _now, random) => {
    record.status = random.pick(['IN_PROGRESS', 'ENROLLED']);
    if (random.chance(0.7)) record.completedAt = null;
  }),
  recertify: inStatus(['COMPLETED'], (record, now, random) => {
    record.completedAt = (record.completedAt ?? now) + DAY + random.int(1, 100) * HOUR;
  }),
  correctCompletion: inStatus(['COMPLETED'], (record, now, random) => {
    record.completedAt = (record.completedAt ?? now) + random.pick([-DAY, -1, 1, DAY]);
  }),
  loseStatus: inStatus(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'], (record, _now, random) => {
    record.status = random.pick([null, 'SUSPENDED']);
  }),
  correctEnrolment: present((record, now, random) => {
    record.enrolledAt = (record.enrolledAt ?? now) - random.int(1, DAY);
  }),
  loseDates: present((record, _now, random) => {
    if (random.chance(0.5)) record.enrolledAt = null;
    else record.completedAt = null;
  }),
  touch: present(() => undefined),
  touchRemoteData: present((record, _now, random) => {
    record.remoteData = random.int(1, 1000);
  }),
  changeRemoteId: present((record, _now, random) => {
    record.remoteId = `remote-${random.int(1000, 9999)}`;
  }),
  rename: present((record, _now, random) => {
    record.learner = { ...record.learner, lastName: `Nachname${random.int(1000, 9999)}` };
  }),
  remove: present((record, now) => {
    record.removedAt = now;
  }),
  restore: {
    applies: ({ removedAt, isErased }) => removedAt !== null && !isErased,
    apply: (record) => {
      record.removedAt = null;
    },
  },
  erase: {
    applies: ({ removedAt, isErased }) => removedAt !== null && !isErased,
    apply: (record) => {
      record.isErased = true;
    },
  },
};

/** Something happens to a random record, or a new one comes; the answer names it, or is null when nothing applied. */
export function changeOneRecord(
  school: School,
  now: number,
  random: Random,
  undo: number,
): { name: string; record: SchoolRecord } | null {
  if (school.records.size === 0 || random.chance(0.2)) {
    return { name: 'enrol', record: addRecord(school, now, random) };
  }
  const record = random.pick([...school.records.values()]);
  if (school.falselyRemoved.has(record.id)) return null;
  const { status, enrolledAt, completedAt, removedAt, isErased } = record;
  const state = { status, enrolledAt, completedAt, removedAt };
  if (!isErased && random.chance(undo)) {
    Object.assign(record, record.before, { before: state });
    return { name: 'undo', record };
  }
  const name = random.pick(Object.keys(recordOperations));
  const operation = recordOperations[name];
  if (operation?.applies(record) !== true) return null;
  operation.apply(record, now, random);
  record.before = state;
  return { name, record };
}

/** A customer turns a field off, or on again. */
export function toggleField(school: School, random: Random): NullableField {
  const field = random.pick<NullableField>(['status', 'enrolledAt', 'completedAt']);
  if (!school.off.delete(field)) school.off.add(field);
  return field;
}

/** Records disappear together; the answer is which. */
export function removeMany(school: School, now: number, random: Random): SchoolRecord[] {
  const gone = [...school.records.values()].filter(
    ({ removedAt }) => removedAt === null && random.chance(0.7),
  );
  for (const record of gone) record.removedAt = now;
  return gone;
}

/** The records that only seemed removed while the data was expired are there again. */
export function restoreFalselyRemoved(school: School): SchoolRecord[] {
  const restored: SchoolRecord[] = [];
  for (const id of school.falselyRemoved) {
    const record = school.records.get(id);
    if (record === undefined) continue;
    record.removedAt = null;
    restored.push(record);
  }
  school.falselyRemoved.clear();
  return restored;
}

function inStatus(
  statuses: (string | null)[],
  apply: (record: SchoolRecord, now: number, random: Random) => void,
) {
  return {
    applies: ({ status, removedAt }: SchoolRecord) => removedAt === null && statuses.includes(status),
    apply,
  };
}

function present(apply: (record: SchoolRecord, now: number, random: Random) => void) {
  return { applies: ({ removedAt }: SchoolRecord) => removedAt === null, apply };
}
