import type { Scenario } from '../scenario.ts';
import type { Counts } from '../world/counts.ts';
import type { Random } from '../world/random.ts';
import type { Trace } from '../world/trace.ts';
import { addRecord, drawContent, enrolledNow } from './enrol.ts';
import {
  drawOrdinaryMassChange,
  drawSuspectMassChange,
  type MassChange,
  massRemoval,
} from './mass-changes.ts';
import { type Operation, operations, ordinaryOperations } from './operations.ts';
import {
  changeRecord,
  type Loss,
  type RecordContent,
  type RecordPatch,
  type SchoolRecord,
} from './record.ts';
import { emptySchool, type NullableField, type School } from './school.ts';
import { specialKinds, specialSteps } from './special-operations.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const ANONYMISED_AFTER = 14 * DAY;

/** The changes of the school over time, and the delay after which Kombo shows each change. */
export type SchoolLife = {
  readonly school: School;
  /** Enrols the learners before the first poll. */
  begin(): void;
  /** Makes one change, unless all operations of the history are done. */
  happen(): void;
  operationsLeft(): number;
  /**
   * Makes Kombo erase data of most records that were removed more than 14 days ago, and blank the names of
   * records that were removed later. Allows more changes after that. The function is called after a long
   * pause.
   */
  passTime(): void;
  /**
   * Ends all changes, turns on all fields and makes the data valid, so that the known states can be compared
   * with Kombo's.
   */
  end(): void;
  /** Makes unreadable records readable. */
  mend(): void;
};

/**
 * Whether `updated_after` finds a change, the delay after which the change becomes visible, and whether
 * `changed_at` moves.
 */
type Visibility = { isUnseen: boolean; lateness: number; movesChangedAt: boolean };

const ON_TIME: Visibility = { isUnseen: false, lateness: 0, movesChangedAt: true };
/** An erasure by Kombo, which `updated_after` does not find and which does not change `changed_at`. */
const SILENTLY: Visibility = { isUnseen: true, lateness: 0, movesChangedAt: false };

/**
 * Creates the changes of a school.
 *
 * @param now Kombo's clock
 */
export function schoolLife(
  scenario: Scenario,
  now: () => number,
  random: Random,
  trace: Trace,
  counts: Counts,
): SchoolLife {
  const school = emptySchool(scenario.isBulky ? 9_900 : 0, scenario.hasNoEnrolmentDates);
  for (const field of scenario.offAtFirst) school.off.add(field);
  let left = scenario.records + scenario.operations;

  const note = (name: string, ...records: SchoolRecord[]) => {
    counts.add(`school: ${name}`);
    trace.note(() => `school ${name} ${records.map(describeRecord).join('; ')}`);
  };

  /** Applies a change, which becomes visible now. The time of the change is earlier by `lateness`. */
  const apply = (
    record: SchoolRecord,
    patch: RecordPatch,
    { isUnseen, lateness, movesChangedAt }: Visibility,
  ) => {
    const at = now() - lateness;
    changeRecord(record, { ...(movesChangedAt && { changedAt: at }), ...patch }, now());
    if (!isUnseen) record.stamp = at;
    record.isUnseen = isUnseen || lateness > scenario.overlapMs;
    record.slips = 0;
  };

  const drawLateness = () =>
    random.chance(scenario.tooLate)
      ? scenario.overlapMs + random.int(5 * 60_000, 2 * HOUR)
      : random.int(0, scenario.latenessMs);

  const enrol = (content: RecordContent, name: string) => {
    const record = addRecord(school, content, random);
    record.stamp = now() - drawLateness();
    record.changedAt = record.stamp;
    record.isUnseen = now() - record.stamp > scenario.overlapMs;
    note(name, record);
  };

  const enrolSomeone = () => {
    const content = scenario.isOrdinary ? enrolledNow(school, now()) : drawContent(school, now(), random);
    enrol(content, 'enrol');
  };

  const drawRecord = (): SchoolRecord | null => {
    const record = random.pick([...school.records.values()]);
    return school.falselyRemoved.has(record.id) ? null : record;
  };

  const changeOne = (from: Record<string, Operation>) => {
    if (school.records.size === 0 || random.chance(0.2)) return enrolSomeone();
    const record = drawRecord();
    if (record === null) return;
    if (record.lost === 'nothing' && random.chance(scenario.undo)) {
      const before = record.past.at(-1)?.content ?? record;
      const { status, enrolledAt, completedAt, removedAt } = before;
      apply(record, { status, enrolledAt, completedAt, removedAt }, { ...ON_TIME, lateness: drawLateness() });
      return note('undo', record);
    }
    const name = random.pick(Object.keys(from));
    const patch = from[name]?.(record, now(), random) ?? null;
    if (patch === null) return;
    // The learner's name is not part of the record, so a changed name is not an update.
    if (name === 'rename') changeRecord(record, patch, now());
    else if (name === 'erase') apply(record, patch, SILENTLY);
    else {
      const movesChangedAt = name !== 'touchRemoteData' || random.chance(0.5);
      apply(record, patch, { isUnseen: false, lateness: drawLateness(), movesChangedAt });
    }
    note(name, record);
  };

  const changeSpecially = (): boolean => {
    const kind = specialKinds.find((candidate) => random.chance(scenario.kinds[candidate] ?? 0));
    if (kind === undefined || school.records.size === 0) return false;
    const record = drawRecord();
    const step = record === null ? null : specialSteps[kind](record, { school, now: now(), random });
    if (record === null || step === null) return true;
    const { name, patch, isUnseen = false, movesChangedAt = true } = step;
    apply(record, patch, { isUnseen, movesChangedAt, lateness: drawLateness() });
    note(name, record);
    return true;
  };

  const changeMany = ({ name, change, added }: MassChange) => {
    const changed: SchoolRecord[] = [];
    for (const record of school.records.values()) {
      if (school.falselyRemoved.has(record.id) || !random.chance(0.8)) continue;
      const patch = change(record, now(), random);
      if (patch === null) continue;
      apply(record, patch, ON_TIME);
      changed.push(record);
    }
    for (const content of added) changed.push(addRecord(school, content, random));
    note(name, ...changed);
  };

  const toggle = () => {
    const field = random.pick<NullableField>(['status', 'enrolledAt', 'completedAt', 'names']);
    if (!school.off.delete(field)) school.off.add(field);
    note(`${field} is turned ${school.off.has(field) ? 'off' : 'on'}`);
    if (!school.off.has(field)) turnOn();
  };

  /** When a field is turned on again, Kombo may or may not treat this as an update of the record. */
  const turnOn = () => {
    const isUpdate = random.chance(0.5);
    for (const record of school.records.values()) {
      if (isUpdate) apply(record, {}, ON_TIME);
      else record.isUnseen = true;
    }
  };

  const expire = () => {
    if (school.expiredSince === null) {
      school.expiredSince = now();
      note('the data is expired');
    } else if (school.falselyRemoved.size === 0 && random.chance(0.7)) {
      const gone = [...school.records.values()].filter(
        ({ removedAt }) => removedAt === null && random.chance(0.7),
      );
      for (const record of gone) {
        school.falselyRemoved.add(record.id);
        apply(record, { removedAt: now() }, ON_TIME);
      }
      note('falsely removed', ...gone);
    } else {
      recover();
    }
  };

  const recover = () => {
    for (const id of school.falselyRemoved) {
      const record = school.records.get(id);
      if (record === undefined || record.removedAt === null) continue;
      school.falseRemovals.push({ id, removedAt: record.removedAt, until: now() });
      apply(record, { removedAt: null }, ON_TIME);
    }
    school.falselyRemoved.clear();
    if (school.expiredSince === null) return;
    note('the data is valid again');
    school.expiries.push({ from: school.expiredSince, until: now() });
    school.expiredSince = null;
  };

  const garble = () => {
    if (school.records.size === 0) return;
    const record = random.pick([...school.records.values()]);
    record.isGarbled = true;
    record.version++;
    note('garble', record);
  };

  return {
    school,
    begin() {
      for (const field of scenario.offAtFirst) note(`${field} is off at first`);
      for (let count = 0; count < scenario.records; count++) {
        const at = scenario.isOrdinary ? now() - random.int(0, 30 * HOUR) : now() - random.int(0, 30 * DAY);
        const content = drawContent(school, at, random);
        const status = content.status === 'DROPPED' ? 'ENROLLED' : content.status;
        const ordinary = scenario.isOrdinary && { status, enrolledAt: at, removedAt: null };
        addRecord(school, { ...content, ...ordinary }, random);
      }
    },
    operationsLeft: () => left,
    happen() {
      if (left <= 0) return;
      left--;
      if (random.chance(scenario.garbled)) return garble();
      if (random.chance(scenario.massChanges)) {
        const isOrdinary = scenario.isOrdinary || random.chance(0.2);
        const draw = isOrdinary ? drawOrdinaryMassChange : drawSuspectMassChange;
        return changeMany(draw(school, now(), random));
      }
      if (scenario.isOrdinary) return changeOne(ordinaryOperations);
      if (changeSpecially()) return;
      const dice = random.next();
      if (dice < 0.04) toggle();
      else if (dice < 0.08) expire();
      else if (dice < 0.09) changeMany(massRemoval);
      else changeOne(operations);
    },
    passTime() {
      for (const record of school.records.values()) {
        const { removedAt, lost } = record;
        const isUntouched = removedAt === null || lost !== 'nothing' || school.falselyRemoved.has(record.id);
        if (isUntouched || !random.chance(0.8)) continue;
        const isDue = removedAt < now() - ANONYMISED_AFTER;
        const loss = isDue
          ? random.pick<Loss>(['names', 'names', 'learner', 'all-but-removal', 'all-but-id'])
          : 'names';
        apply(record, { lost: loss }, SILENTLY);
        note(isDue ? `anonymise: ${loss}` : 'blank the names too early', record);
      }
      left += scenario.operations >> 1;
    },
    end() {
      left = 0;
      recover();
      if (school.off.size === 0) return;
      school.off.clear();
      for (const record of school.records.values()) apply(record, {}, ON_TIME);
    },
    mend() {
      for (const record of school.records.values()) record.isGarbled = false;
    },
  };
}

function describeRecord(record: SchoolRecord): string {
  const { id, status, enrolledAt, completedAt, removedAt, changedAt, lost, learner, stamp } = record;
  const text = (time: number | null) => (time === null ? '-' : new Date(time).toISOString());
  return [
    `${id} ${status} enrolled ${text(enrolledAt)} completed ${text(completedAt)} removed ${text(removedAt)}`,
    `changed ${text(changedAt)} lost ${lost} learner ${learner.id} stamp ${text(stamp)}`,
  ].join(' ');
}
