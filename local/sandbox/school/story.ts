import type { Status } from '../../../functions/contract/event-parts.ts';
import { days, hours } from '../clock.ts';
import type { Moment, State } from './history.ts';
import type { Person } from './people.ts';
import { type Choices, komboId } from './random.ts';

/**
 * A school's story is a fixed sequence of changes that causes every kind of learning event. To see them all,
 * poll once before the story, then `polls` times, once per `pollEveryMs`. Make the last poll a
 * reconciliation, because only that finds an erasure. After the story, a caller can make the platform fail
 * for `failureMs`.
 */
export const STORY = { pollEveryMs: days(3), polls: 7, failureMs: hours(1) } as const;

/** Times are counted in polls since the story began: the first poll finds a change at `0.5`. */
export type CastMember = {
  person: { firstName: string; lastName: string; mailbox: string };
  /** The number of the course, counted from 0. */
  course: number;
  changes: Choices<{ poll: number } & Partial<Pick<State, 'present'>> & { status?: Status; dated?: Dated }>;
};

/** Dates of the progression that differ from the time of the change, also counted in polls. */
type Dated = { enrolled?: number; completed?: number };

export const CAST: readonly CastMember[] = [
  {
    person: { firstName: 'Ada', lastName: 'Lovelace', mailbox: 'ada' },
    course: 0,
    changes: [
      { poll: 0.4, status: 'ENROLLED' },
      { poll: 1.4, status: 'IN_PROGRESS' },
      { poll: 2.4, status: 'COMPLETED' },
      { poll: 3.4, dated: { completed: 2.2 } },
      { poll: 4.4, status: 'IN_PROGRESS' },
      { poll: 5.4, status: 'COMPLETED' },
    ],
  },
  {
    person: { firstName: 'Ludwig', lastName: 'Zamenhof', mailbox: 'ludwig' },
    course: 1,
    changes: [
      { poll: -100, status: 'ENROLLED' },
      { poll: -98, status: 'COMPLETED' },
      { poll: 1.6, status: 'COMPLETED' },
    ],
  },
  {
    person: { firstName: '志', lastName: '孔', mailbox: 'kong' },
    course: 2,
    changes: [
      { poll: -9, status: 'ENROLLED' },
      { poll: -6, status: 'IN_PROGRESS' },
      { poll: 0.7, status: 'DROPPED' },
      { poll: 2.7, status: 'ENROLLED', dated: { enrolled: 2.7 } },
      { poll: 3.7, status: 'IN_PROGRESS' },
      { poll: 4.7, status: 'ENROLLED' },
    ],
  },
  {
    person: { firstName: 'Greta', lastName: 'Ghost', mailbox: 'greta' },
    course: 3,
    changes: [
      { poll: -20, status: 'ENROLLED' },
      { poll: -15, status: 'COMPLETED' },
      { poll: 0.2, present: false },
    ],
  },
  {
    person: { firstName: 'فاطمة', lastName: 'الفهرية', mailbox: 'fatima' },
    course: 4,
    changes: [
      { poll: -5, status: 'ENROLLED' },
      { poll: -4, status: 'IN_PROGRESS' },
      { poll: 1.3, present: false },
      { poll: 3.3, present: true },
    ],
  },
  {
    person: { firstName: 'Søren', lastName: 'Aabye', mailbox: 'soeren' },
    course: 5,
    changes: [
      { poll: -2, status: 'ENROLLED' },
      { poll: 2.5, dated: { enrolled: -3 } },
    ],
  },
];

export function castPerson(school: string, { person }: CastMember): Person {
  const { firstName, lastName, mailbox } = person;
  const id = komboId(school, 'user', mailbox);
  return { id, remoteId: mailbox, firstName, lastName, email: `${mailbox}@example.com`, renamed: null };
}

/** `startsAt`, when the story begins, is in milliseconds since 1970. */
export function* castHistory({ changes }: CastMember, startsAt: number): Generator<Moment> {
  const time = (poll: number) => startsAt + Math.round(poll * STORY.pollEveryMs);
  let state: State = {
    status: 'ENROLLED',
    enrolledAt: time(changes[0].poll),
    completedAt: null,
    present: true,
  };
  for (const { poll, status, present, dated } of changes) {
    const at = time(poll);
    let { enrolledAt, completedAt } = state;
    if (status !== undefined) completedAt = status === 'COMPLETED' ? at : null;
    if (dated?.completed !== undefined) completedAt = time(dated.completed);
    if (dated?.enrolled !== undefined) enrolledAt = time(dated.enrolled);
    state = {
      status: status ?? state.status,
      enrolledAt,
      completedAt,
      present: present ?? state.present,
    };
    yield { at, state, touched: false };
  }
}
