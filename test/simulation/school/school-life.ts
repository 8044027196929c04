import type { Scenario } from '../scenario.ts';
import type { Random } from '../world/random.ts';
import type { Trace } from '../world/trace.ts';
import { emptySchool, type School, type SchoolRecord } from './school.ts';
import { changeOneRecord, removeMany, restoreFalselyRemoved, toggleField } from './school-operations.ts';

const HOUR = 60 * 60 * 1000;

/** The school over time: what happens next, and how late Kombo shows it. */
export type SchoolLife = {
  readonly school: School;
  /** Something happens, unless nothing more is to happen in this history. */
  happen(): void;
  operationsLeft(): number;
  /** Nothing more happens; what was turned off or expired is put right, so that the end can be compared. */
  end(): void;
  /** Records that cannot be read can be again. */
  mend(): void;
};

/** @param now Kombo's clock */
export function schoolLife(scenario: Scenario, now: () => number, random: Random, trace: Trace): SchoolLife {
  const school = emptySchool(scenario.isBulky ? 9_900 : 0);
  let left = scenario.records + scenario.operations;

  /** The change is visible now; its time is now or earlier. */
  const stamp = (record: SchoolRecord, moves: { changedAt: boolean; lateness: number }) => {
    const at = now() - moves.lateness;
    record.stamp = at;
    if (moves.changedAt) record.changedAt = at;
    record.isUnseen = moves.lateness > scenario.overlapMs;
    record.version++;
    record.slips = 0;
  };

  const changeOne = () => {
    const change = changeOneRecord(school, now(), random, scenario.undo);
    if (change === null) return;
    const { name, record } = change;
    record.version++;
    switch (name) {
      case 'rename':
        break;
      case 'erase':
        record.isUnseen = true;
        break;
      default: {
        const isTooLate = random.chance(scenario.tooLate);
        const lateness = isTooLate
          ? scenario.overlapMs + random.int(5 * 60_000, 2 * HOUR)
          : random.int(0, scenario.latenessMs);
        const changedAt = name !== 'touchRemoteData' || random.chance(0.5);
        stamp(record, { changedAt, lateness });
      }
    }
    trace.note(() => `school ${name} ${describeRecord(record)}`);
  };

  const onTime = (records: Iterable<SchoolRecord>) => {
    for (const record of records) stamp(record, { changedAt: true, lateness: 0 });
  };

  const toggle = () => {
    const field = toggleField(school, random);
    trace.note(() => `school ${field} is turned ${school.off.has(field) ? 'off' : 'on'}`);
    if (school.off.has(field)) return;
    // Kombo may or may not count the field's return as an update of the record.
    if (random.chance(0.5)) onTime(school.records.values());
    else for (const record of school.records.values()) record.isUnseen = true;
  };

  const expire = () => {
    if (school.expiredSince === null) {
      school.expiredSince = now();
      trace.note(() => 'school the data is expired');
    } else if (school.falselyRemoved.size === 0 && random.chance(0.7)) {
      const gone = removeMany(school, now(), random);
      for (const { id } of gone) school.falselyRemoved.add(id);
      onTime(gone);
      trace.note(() => `school falsely removed: ${gone.map(({ id }) => id).join(' ')}`);
    } else {
      recover();
    }
  };

  const recover = () => {
    for (const id of school.falselyRemoved) {
      const removedAt = school.records.get(id)?.removedAt ?? null;
      if (removedAt !== null) school.falseRemovals.push({ id, removedAt, until: now() });
    }
    onTime(restoreFalselyRemoved(school));
    if (school.expiredSince !== null) trace.note(() => 'school the data is valid again');
    school.expiredSince = null;
  };

  const massRemoval = () => {
    const gone = removeMany(school, now(), random).filter(({ id }) => !school.falselyRemoved.has(id));
    onTime(gone);
    trace.note(() => `school removed: ${gone.map(({ id }) => id).join(' ')}`);
  };

  const garble = () => {
    if (school.records.size === 0) return;
    const record = random.pick([...school.records.values()]);
    record.isGarbled = true;
    record.version++;
    trace.note(() => `school garbles ${record.id}`);
  };

  return {
    school,
    operationsLeft: () => left,
    happen() {
      if (left <= 0) return;
      left--;
      if (scenario.garbled > 0 && random.chance(scenario.garbled)) return garble();
      const dice = random.next();
      if (dice < 0.04) toggle();
      else if (dice < 0.08) expire();
      else if (dice < 0.09) massRemoval();
      else changeOne();
    },
    end() {
      left = 0;
      recover();
      for (const field of school.off) {
        school.off.delete(field);
        onTime(school.records.values());
      }
    },
    mend() {
      for (const record of school.records.values()) record.isGarbled = false;
    },
  };
}

function describeRecord({ id, status, enrolledAt, completedAt, removedAt, stamp }: SchoolRecord): string {
  const text = (time: number | null) => (time === null ? '-' : new Date(time).toISOString());
  return `${id} ${status} enrolled ${text(enrolledAt)} completed ${text(completedAt)} removed ${text(removedAt)} stamp ${text(stamp)}`;
}
