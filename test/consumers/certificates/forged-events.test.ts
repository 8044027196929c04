import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnconfirmedEventError } from '../../../consumers/certificates/shown-by-kombo.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { erased, type observed } from '../../support/observed.ts';
import { CertificateDesk, recordOf } from './certificate-desk.ts';
import { randomHistory } from './random-history.ts';
import { delivered, eventAt } from './some-history.ts';

const MARCH = '2026-03-02T09:30:00.000Z';
const MAY = '2026-05-04T08:00:00.000Z';
const ADA = { firstName: 'Ada', lastName: 'Lovelace', email: null };
const completed = eventAt(1, 'CourseCompleted', { completedAt: MARCH });
const started = eventAt(1, 'CourseStarted');

/** Creates the in-memory parts of the certificates function, for which Kombo always shows this record. */
function deskShowing(record: ReturnType<typeof observed> | null, revoke = false) {
  const desk = new CertificateDesk(ADA, { revoke });
  desk.shown = record;
  return desk;
}

/** Returns the event with changes that another sender with access to the bus could make. */
function forged(event: LearningEvent, given: Partial<LearningEvent['detail']>): LearningEvent {
  return { ...event, detail: { ...event.detail, ...given } };
}

test.each([
  ['of a course that Kombo shows as not completed', recordOf(started)],
  [
    'of a course that Kombo shows with another completion date',
    recordOf(eventAt(1, 'CourseCompleted', { completedAt: MAY })),
  ],
  ['of a record that Kombo does not have', null],
  ['of a record that Kombo has erased', erased(completed.detail.progression.id)],
])(
  'no certificate is issued for a completion %s, and the handler fails, so that the event stays in the queue',
  async (_, record) => {
    const desk = deskShowing(record);
    await expect(desk.take(delivered(completed))).rejects.toThrow(UnconfirmedEventError);
    expect([...desk.objects.keys(), ...desk.notified, ...desk.drawn]).toEqual([]);
  },
);

test("no certificate is issued for an event without a completion date when Kombo's record has a completion date", async () => {
  const desk = deskShowing(recordOf(completed));
  const undated = eventAt(2, 'CourseCompleted', { occurredAt: MAY });
  await expect(desk.take(delivered(undated))).rejects.toThrow(UnconfirmedEventError);
  expect(desk.drawn).toEqual([]);
});

test("a certificate is issued for an event with a completion date when Kombo's record is completed and has no date", async () => {
  const desk = deskShowing(recordOf(eventAt(1, 'CourseCompleted')));
  await desk.take(delivered(completed));
  expect(desk.validDates).toEqual([MARCH]);
});

test('a certificate has the name, ids and title that Kombo shows, and not those in the event', async () => {
  const desk = deskShowing(recordOf(completed, ADA));
  const { learner, course } = completed.detail;
  const other = forged(completed, {
    learner: {
      id: 'other',
      remoteId: '666',
      firstName: 'Mallory',
      lastName: 'Forger',
      email: 'm@example.com',
    },
    course: { ...course, id: 'other', title: 'Brain surgery' },
  });
  await desk.take(delivered(other));
  expect(desk.drawn[0]).toMatchObject({ learnerName: 'Ada Lovelace', courseTitle: course.title });
  expect(desk.drawn[0]?.learnerReference).toBe(learner.remoteId);
  expect(JSON.stringify([desk.notified, desk.states, desk.drawn])).not.toMatch(
    /Mallory|Forger|666|surgery|other/,
  );
});

test('a completion that Kombo did not show has no effect when it is delivered again after a newer event of the progression', async () => {
  const desk = deskShowing(recordOf(started));
  await expect(desk.take(delivered(completed))).rejects.toThrow(UnconfirmedEventError);
  const later = eventAt(2, 'CompletionCorrected', { completedAt: MAY });
  desk.shown = recordOf(later);
  await desk.take(delivered(later));
  await desk.take(delivered(completed));
  expect(desk.validDates).toEqual([MAY]);
  expect(desk.drawn).toHaveLength(1);
});

test('a completion fails with a TransientError while Kombo does not respond, and its certificate is issued in a later attempt', async () => {
  const desk = deskShowing(recordOf(completed));
  desk.interference = {
    before: (step) => {
      if (step === 'kombo') throw new TransientError('Kombo does not answer');
    },
    after: () => {},
  };
  await expect(desk.take(delivered(completed))).rejects.toThrow(TransientError);
  expect(desk.objects.size).toBe(0);
  desk.interference = { before: () => {}, after: () => {} };
  await desk.take(delivered(completed));
  expect(desk.validDates).toEqual([MARCH]);
});

test('a completion leads to one request to Kombo, and a second delivery of its event to no further request', async () => {
  const desk = deskShowing(recordOf(completed));
  await desk.take(delivered(completed));
  await desk.take(delivered(completed, true));
  expect(desk.asked).toHaveLength(1);
});

test.each(['CourseReopened', 'LearnerDropped'] as const)(
  'the event %s revokes no certificate while Kombo shows the course as completed',
  async (type) => {
    const desk = deskShowing(recordOf(completed), true);
    await desk.take(delivered(completed));
    await expect(desk.take(delivered(eventAt(2, type)))).rejects.toThrow(UnconfirmedEventError);
    const contradictory = eventAt(2, type, { status: 'COMPLETED', completedAt: MARCH });
    await expect(desk.take(delivered(contradictory))).rejects.toThrow(/status/);
    expect(desk.validDates).toEqual([MARCH]);
  },
);

test("LearnerDataErased deletes no PDF while Kombo shows the learner's name", async () => {
  const desk = deskShowing(recordOf(completed, ADA));
  await desk.take(delivered(completed));
  await expect(desk.take(delivered(eventAt(2, 'LearnerDataErased')))).rejects.toThrow(UnconfirmedEventError);
  expect(desk.pdfs.size).toBe(1);
  desk.shown = null;
  await desk.take(delivered(eventAt(2, 'LearnerDataErased')));
  expect(desk.pdfs.size).toBe(0);
});

test("whatever forged events are mixed into the real events of a progression, each issued certificate agrees with Kombo's record", async () => {
  const other = fc.record({ event: fc.nat(20), at: fc.nat(20), entry: fc.integer({ min: 1, max: 99 }) });
  await fc.assert(
    fc.asyncProperty(
      randomHistory,
      randomHistory,
      fc.array(other),
      fc.boolean(),
      async (real, lies, mixed, revoke) => {
        const last = real.findLast(({ detail }) => detail.journal !== null);
        fc.pre(last !== undefined);
        const record = last === undefined ? null : recordOf(last, ADA);
        const desk = deskShowing(record, revoke);
        const queue = [...real];
        for (const { event, at, entry } of mixed) {
          const lie = lies[event];
          const learner = { id: 'x', remoteId: '1', firstName: 'Mallory', lastName: null, email: null };
          if (lie)
            queue.splice(at, 0, forged(lie, { learner, id: `forged-${at}`, journal: { entry, index: 0 } }));
        }
        for (const event of [...queue, ...queue]) {
          await desk.take(delivered(event)).catch((error: unknown) => {
            if (!(error instanceof UnconfirmedEventError)) throw error;
          });
        }
        const shown = record?.state;
        for (const { completedAt, learnerName } of desk.drawn) {
          expect(shown?.status).toBe('COMPLETED');
          if (shown?.completedAt) expect(completedAt).toBe(shown.completedAt);
          expect(learnerName).toBe('Ada Lovelace');
        }
      },
    ),
    { numRuns: 300 },
  );
});
