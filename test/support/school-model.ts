import { CANARY } from './observed.ts';
import type { RawProgression } from './raw-progression.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './test-clock.ts';

const SEAT_HAPPENINGS = [
  'enrol',
  'start',
  'complete',
  'drop',
  'recertify',
  'correct-completion',
  'correct-enrolment',
  'remove',
  'restore',
  'erase',
  'touch',
  'rename',
  'show-odd-status',
] as const;
export const hideable = ['status', 'enrolled_at', 'completed_at', 'names', 'title'] as const;

/** A change in a school: of one learner in one course (a seat), or of a field in all records. */
export type Happening =
  | { what: (typeof SEAT_HAPPENINGS)[number]; seat: number; lagMinutes: number }
  | { what: 'hide' | 'show'; field: (typeof hideable)[number] };
export const seatHappenings = SEAT_HAPPENINGS;

/**
 * A record as Kombo shows it, and the time of its last update at Kombo, with which `updated_after` is
 * compared.
 */
export type SchoolRecord = { raw: RawProgression; updatedAt: number };

/** A school as Kombo shows it for one integration. It uses no code of Schoolbell. */
export type School = {
  happen(happening: Happening): void;
  /** Turns on all fields, and replaces statuses that Schoolbell does not know by the real ones. */
  showEverything(): void;
  records(): SchoolRecord[];
};

type Status = 'ENROLLED' | 'IN_PROGRESS' | 'COMPLETED' | 'DROPPED';
type Seat = {
  status: Status;
  isOdd: boolean;
  enrolledAt: number;
  completedAt: number | null;
  changedAt: number;
  removedAt: number | null;
  isErased: boolean;
  names: number;
  touches: number;
  updatedAt: number;
};

/**
 * Creates a school.
 *
 * @param now Kombo's clock, in milliseconds
 */
export function school(now: () => number): School {
  const seats = new Map<number, Seat>();
  const hidden = new Set<(typeof hideable)[number]>();

  const changeAll = () => {
    for (const seat of seats.values()) if (!seat.isErased) change(seat, now());
  };
  return {
    happen(happening) {
      switch (happening.what) {
        case 'hide':
          hidden.add(happening.field);
          return changeAll();
        case 'show':
          hidden.delete(happening.field);
          return changeAll();
        default: {
          const at = now() - happening.lagMinutes * MINUTE_MS;
          const seat = seats.get(happening.seat);
          if (seat !== undefined) happenAt(seat, happening.what, at);
          else if (happening.what === 'enrol') seats.set(happening.seat, newSeat(at));
        }
      }
    },
    showEverything() {
      hidden.clear();
      for (const seat of seats.values()) seat.isOdd = false;
      changeAll();
    },
    records: () =>
      [...seats].map(([number, seat]) => ({ raw: render(number, seat, hidden), updatedAt: seat.updatedAt })),
  };
}

function newSeat(at: number): Seat {
  return {
    status: 'ENROLLED',
    isOdd: false,
    enrolledAt: at,
    completedAt: null,
    changedAt: at,
    removedAt: null,
    isErased: false,
    names: 0,
    touches: 0,
    updatedAt: at,
  };
}

function change(seat: Seat, at: number): void {
  seat.changedAt = Math.max(seat.changedAt, at);
  seat.updatedAt = Math.max(seat.updatedAt, at);
}

function happenAt(seat: Seat, what: (typeof SEAT_HAPPENINGS)[number], at: number): void {
  if (seat.isErased) return;
  switch (what) {
    case 'enrol':
      seat.status = 'ENROLLED';
      seat.completedAt = null;
      break;
    case 'start':
      seat.status = 'IN_PROGRESS';
      break;
    case 'complete':
      seat.status = 'COMPLETED';
      seat.completedAt = at;
      break;
    case 'drop':
      seat.status = 'DROPPED';
      break;
    case 'recertify':
      if (seat.completedAt !== null) seat.completedAt += 2 * DAY_MS;
      break;
    case 'correct-completion':
      if (seat.completedAt !== null) seat.completedAt -= HOUR_MS;
      break;
    case 'correct-enrolment':
      seat.enrolledAt -= HOUR_MS;
      break;
    case 'remove':
      seat.removedAt ??= at;
      break;
    case 'restore':
      seat.removedAt = null;
      break;
    case 'erase':
      // An erasure does not change the update time of the record.
      seat.isErased = seat.removedAt !== null;
      return;
    case 'touch':
      seat.touches += 1;
      break;
    case 'rename':
      seat.names += 1;
      seat.updatedAt = Math.max(seat.updatedAt, at);
      return;
    case 'show-odd-status':
      seat.isOdd = !seat.isOdd;
      break;
  }
  change(seat, at);
}

function render(number: number, seat: Seat, hidden: ReadonlySet<(typeof hideable)[number]>): RawProgression {
  const id = `progression${number}`;
  // Each seat uses the time format of one platform.
  const time = (at: number) =>
    number % 2 === 0
      ? new Date(at).toISOString()
      : new Date(at + HOUR_MS).toISOString().replace('Z', '+01:00');
  if (seat.isErased)
    return { ...ERASED, id, remote_deleted_at: number % 3 === 0 ? null : time(seat.removedAt ?? 0) };
  const name = hidden.has('names') ? null : `${CANARY} ${seat.names}`;
  return {
    id,
    remote_id: `remote-${number}`,
    user_id: `user${number}`,
    course_revision_id: 'revision1',
    status: hidden.has('status') ? null : seat.isOdd ? 'WAITING_FOR_GODOT' : seat.status,
    enrolled_at: hidden.has('enrolled_at') ? null : time(seat.enrolledAt),
    completed_at: hidden.has('completed_at') || seat.completedAt === null ? null : time(seat.completedAt),
    changed_at: time(seat.changedAt),
    remote_deleted_at: seat.removedAt === null ? null : time(seat.removedAt),
    remote_data: { '/progress': { touches: seat.touches } },
    user: {
      id: `user${number}`,
      remote_id: `${number}`,
      first_name: name,
      last_name: name,
      work_email: hidden.has('names') ? null : `${CANARY}.${seat.names}@example.com`,
    },
    course_revision: {
      id: 'revision1',
      remote_id: '1-1',
      title: hidden.has('title') ? null : `Fire safety ${seat.touches}`,
      course: { id: 'course1', remote_id: '1' },
    },
  };
}

const ERASED: Omit<RawProgression, 'id' | 'remote_deleted_at'> = {
  remote_id: null,
  user_id: null,
  course_revision_id: null,
  status: null,
  enrolled_at: null,
  completed_at: null,
  changed_at: null,
  remote_data: null,
  user: null,
  course_revision: null,
};
