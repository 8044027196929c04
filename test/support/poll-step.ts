import fc from 'fast-check';
import type { PollMode } from '../../functions/contract/messages.ts';
import { TransientError } from '../../functions/core/errors.ts';
import type { PollRequest } from '../../functions/core/poll/run-poll.ts';
import { type Fault, faultKinds } from './faulty-ports.ts';
import type { Ending } from './poll-with-fault.ts';
import type { RecordingPublisher } from './recording-publisher.ts';
import { happening } from './school-history.ts';
import type { Happening, School } from './school-model.ts';
import { MINUTE_MS, type TestClock } from './test-clock.ts';

/** A change in the school, a pause, or a poll of the integration. */
export type Step =
  | { do: 'happen'; happening: Happening }
  | { do: 'wait'; minutes: number }
  | {
      do: 'poll';
      mode: PollMode | undefined;
      pageSize: number;
      shuffle: number;
      repeats: boolean;
      /** Whether the order of the records changes with each page, so that a record can be skipped. */
      isRestless: boolean;
      /** The changes that happen before the pages are read, one before each page. */
      meanwhile: Happening[];
      pagesLeft: number;
      cursorsRefused: number;
      fault: Fault | null;
      /** The bus accepts only the events of the seats (learners in a course) below this number. */
      busTakesBelow: number;
    };

/** The fakes with which a history runs. */
export type Stage = {
  school: School;
  clock: TestClock;
  kombo: {
    pageSize: number;
    cursorsRefused: number;
    beforePage: (request: { updatedAfter: string | null; cursor: string | null }) => void;
  };
  /** A number that determines the order of the records in pages. */
  shuffle: number;
  /** Whether the pages show each record twice: after the last record, all records come again. */
  repeats: boolean;
  bus: Pick<RecordingPublisher, 'fails' | 'failure'>;
  pollWithFault(fault: Fault | null, request: Pick<PollRequest, 'mode' | 'timeLeft'>): Promise<Ending>;
};

export function steps(seats: number, isRestless: boolean, maxLength = 60): fc.Arbitrary<Step[]> {
  const poll = fc.record({
    do: fc.constant('poll' as const),
    mode: fc.constantFrom<(PollMode | undefined)[]>(undefined, undefined, undefined, 'reconcile'),
    pageSize: fc.integer({ min: 1, max: 4 }),
    shuffle: fc.nat({ max: 9 }),
    repeats: fc.boolean(),
    isRestless: isRestless ? fc.boolean() : fc.constant(false),
    meanwhile: fc.array(happening(seats), { maxLength: 4 }),
    pagesLeft: fc.constantFrom(1, 2, 1_000),
    cursorsRefused: fc.constantFrom(0, 0, 0, 1),
    fault: fc.option(
      fc.record({
        at: fc.integer({ min: 1, max: 30 }),
        kind: fc.constantFrom(...faultKinds),
        tookEffect: fc.boolean(),
      }),
      { nil: null, freq: 2 },
    ),
    busTakesBelow: fc.oneof({ weight: 3, arbitrary: fc.constant(seats) }, fc.nat({ max: seats })),
  });
  return fc.array(
    fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ do: fc.constant('happen' as const), happening: happening(seats) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('wait' as const),
          minutes: fc.constantFrom(0, 1, 20, 200),
        }),
      },
      { weight: 3, arbitrary: poll },
    ),
    { minLength: 10, maxLength },
  );
}

/** Runs a history. Frozen workers resume some steps later, or at the end. */
export async function live(poller: Stage, history: Step[]): Promise<void> {
  const frozen: (() => Promise<unknown>)[] = [];
  for (const [at, step] of history.entries()) {
    if (at % 3 === 0) await frozen.shift()?.();
    switch (step.do) {
      case 'happen':
        poller.school.happen(step.happening);
        break;
      case 'wait':
        poller.clock.advance(step.minutes * MINUTE_MS);
        break;
      case 'poll': {
        const { thaw } = await pollAs(poller, step);
        if (step.fault?.kind === 'frozen') frozen.push(thaw);
      }
    }
  }
  for (const thaw of frozen) await thaw();
}

async function pollAs(poller: Stage, step: Step & { do: 'poll' }) {
  const meanwhile = [...step.meanwhile];
  let pagesLeft = step.pagesLeft;
  poller.kombo.pageSize = step.pageSize;
  poller.kombo.cursorsRefused = step.cursorsRefused;
  poller.shuffle = step.shuffle;
  poller.repeats = step.repeats;
  poller.kombo.beforePage = () => {
    poller.clock.advance(1_500);
    if (step.isRestless) poller.shuffle += 1;
    const next = meanwhile.shift();
    if (next !== undefined) poller.school.happen(next);
  };
  poller.bus.fails = ({ detail }) =>
    Number(detail.progression.id.slice('progression'.length)) >= step.busTakesBelow;
  poller.bus.failure = new TransientError('the bus did not take it');
  const timeLeft = () => {
    pagesLeft -= 1;
    return pagesLeft > 0;
  };
  const mode = step.mode === undefined ? {} : { mode: step.mode };
  return poller.pollWithFault(step.fault, { ...mode, timeLeft });
}
