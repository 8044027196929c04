import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPublisher } from '../../../functions/adapters/eventbridge/publisher.ts';
import type { PutEvents } from '../../../functions/adapters/eventbridge/put-events.ts';
import { type LearningEvent, LearningEventDetail } from '../../../functions/contract/learning-events.ts';
import { someEvent } from './some-event.ts';

/**
 * Generates events of a few progressions. Some events are long, and have characters of one to four bytes in
 * UTF-8.
 */
const events = fc
  .array(
    fc.record({
      progression: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'),
      character: fc.constantFrom('e', 'é', '語', '🎓', '"'),
      length: fc.oneof({ weight: 4, arbitrary: fc.nat(50) }, { weight: 1, arbitrary: fc.nat(300_000) }),
    }),
    { maxLength: 60 },
  )
  .map((list) =>
    list.map(({ progression, character, length }, index) =>
      someEvent(progression, index, character.repeat(length)),
    ),
  );

const distinctEvents = events.map((list) =>
  list.map((event, index) => {
    const progression = { ...event.detail.progression, id: `p${index}` };
    return { ...event, detail: { ...event.detail, progression } };
  }),
);

const accepted: PutEventsResultEntry = { EventId: 'id' };
const indexOf = ({ journal }: LearningEventDetail) => journal?.index ?? -1;
const detailOf = (entry: PutEventsRequestEntry) => LearningEventDetail.parse(JSON.parse(entry.Detail ?? ''));

function publisherWith(putEvents: PutEvents, budgetMs: number) {
  return createPublisher({ putEvents, bus: 'schoolbell', retryBudget: { budgetMs, firstDelayMs: 1 } });
}

test('a PutEvents call has at most 10 entries and 256 KiB, or a single entry of at most 1 MiB', async () => {
  const publishing = fc.asyncProperty(distinctEvents, async (list) => {
    const calls: PutEventsRequestEntry[][] = [];
    const publisher = publisherWith(async ({ Entries = [] }) => {
      calls.push(Entries);
      return { Entries: Entries.map(() => accepted), $metadata: {} };
    }, 0);

    await publisher.publish(list);

    for (const entries of calls) {
      const texts = entries.map(({ Source, DetailType, Detail }) => `${Source}${DetailType}${Detail}`);
      const bytes = new Blob(texts).size + 14 * entries.length;
      expect(entries.length).toBeGreaterThan(0);
      expect(entries.length).toBeLessThanOrEqual(10);
      expect(bytes).toBeLessThan(entries.length === 1 ? 1024 * 1024 : 256 * 1024 + 1);
    }
  });
  await fc.assert(publishing, { numRuns: 60 });
});

test('when EventBridge accepts every call, each event is sent once, except events that are too large, which are refused', async () => {
  const publishing = fc.asyncProperty(events, async (list) => {
    const sent: number[] = [];
    const publisher = publisherWith(async ({ Entries = [] }) => {
      sent.push(...Entries.map((entry) => indexOf(detailOf(entry))));
      return { Entries: Entries.map(() => accepted), $metadata: {} };
    }, 0);

    const answer = await publisher.publish(list);

    expect(answer.error).toBeNull();
    expect(answer.accepted).toEqual(sent.toSorted((a, b) => a - b));
    const answered = [...answer.accepted, ...answer.refused.map(({ index }) => index)];
    expect(answered.toSorted((a, b) => a - b)).toEqual(list.map((_, index) => index));
  });
  await fc.assert(publishing, { numRuns: 60 });
});

const fate = fc.constantFrom(
  'accepted',
  'InternalFailure',
  'InvalidArgument',
  'AccessDeniedException',
  'lost call',
);

/**
 * Creates a bus that takes the outcome of each received event from `fates`, and accepts every event when no
 * outcomes are left. `answeredWith` returns the events with an outcome. `wrong` lists the events that were
 * sent again after they were accepted or refused, or sent before an earlier event of their progression was
 * accepted or refused.
 */
function faultyBus(list: LearningEvent[], fates: string[]) {
  const settled = new Map<number, string>();
  const wrong: string[] = [];
  const isSettled = ({ detail }: LearningEvent) => settled.has(indexOf(detail)) || isLarge(detail);
  let drawn = 0;
  const putEvents: PutEvents = async ({ Entries = [] }) => {
    const answers = Entries.map(detailOf).map((sent) => {
      const { id, progression } = sent;
      const index = indexOf(sent);
      const earlier = list.slice(0, index).filter(({ detail }) => detail.progression.id === progression.id);
      // The violation is recorded and not thrown, because the publisher would treat an exception as a network
      // failure.
      if (settled.has(index) || !earlier.every(isSettled)) {
        wrong.push(id);
      }
      drawn += 1;
      return { index, fate: fates[drawn - 1] ?? 'accepted' };
    });
    if (answers.some((answer) => answer.fate === 'lost call')) {
      throw new Error('socket hang up');
    }
    for (const answer of answers) {
      if (answer.fate === 'accepted' || answer.fate === 'InvalidArgument') {
        settled.set(answer.index, answer.fate);
      }
    }
    const results = answers.map((answer) =>
      answer.fate === 'accepted' ? accepted : { ErrorCode: answer.fate },
    );
    return { Entries: results, $metadata: {} };
  };
  const answeredWith = (fate: string) =>
    [...settled.keys()].filter((index) => settled.get(index) === fate).toSorted((a, b) => a - b);
  return { putEvents, wrong, answeredWith };
}

test('whichever entries and calls fail, no accepted event is sent again, and the events of a progression are sent in order', async () => {
  const publishing = fc.asyncProperty(events, fc.array(fate), fc.boolean(), async (list, fates, patient) => {
    const bus = faultyBus(list, fates);
    const publisher = publisherWith(bus.putEvents, patient ? 60_000 : 0);

    const answer = await publisher.publish(list);

    expect(bus.wrong).toEqual([]);
    const refused = answer.refused.filter(({ reason }) => reason === 'InvalidArgument');
    expect(refused.map(({ index }) => index)).toEqual(bus.answeredWith('InvalidArgument'));
    expect(answer.accepted).toEqual(bus.answeredWith('accepted'));
    const answered = answer.accepted.length + answer.refused.length;
    expect(answer.error === null).toBe(answered === list.length);
  });
  await fc.assert(publishing, { numRuns: 100 });
});

/** Returns whether an event is so large that the publisher refuses it without a call. */
function isLarge(detail: LearningEventDetail): boolean {
  return Buffer.byteLength(JSON.stringify(detail)) > 1_000_000;
}
