import { describe, expect, test } from 'vitest';
import { learningExample } from '../../../catalogue/examples.ts';
import { type CertificatePolicy, certificatesHandler } from '../../../consumers/certificates/handle-event.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import { publishedEvents } from '../../../functions/contract/published-events.ts';
import { CertificateDesk, recordOf } from './certificate-desk.ts';
import { delivered, eventAt } from './some-history.ts';

const MARCH = '2026-03-02T09:30:00.000Z';
const CORRECTED = '2026-03-01T17:00:00.000Z';
const MAY = '2026-05-04T08:00:00.000Z';
const JUNE = '2026-06-04T08:00:00.000Z';
const FOLDER = 'certificates/moodle/7C9M5sXAQx2cNMpVHLojrFpL/9ZpE4wEoF2nKfLpRrKq3Xc1m';

async function desk(policy: Partial<CertificatePolicy>, ...events: LearningEvent[]) {
  const made = new CertificateDesk(undefined, policy);
  for (const event of events) await made.take(delivered(event));
  return made;
}
const publishedTypes = ({ notified }: CertificateDesk) =>
  notified.map(({ type }) => type.replace('Certificate', ''));

const completed = eventAt(1, 'CourseCompleted', { completedAt: MARCH });
const corrected = eventAt(2, 'CompletionCorrected', { completedAt: CORRECTED });
const reopened = eventAt(3, 'CourseReopened');
const again = eventAt(4, 'CourseCompleted', { completedAt: MAY });

test('a completed course gets one certificate and an event about it', async () => {
  const event = learningExample('CourseCompleted');
  const made = await desk({}, event);
  expect(made.validDates).toEqual([MARCH]);
  const [notified] = made.notified;
  if (notified?.type !== 'CertificateIssued') throw new Error('No CertificateIssued was published');
  expect(publishedEvents.CertificateIssued.parse(notified.detail)).toEqual(notified.detail);
  expect(notified.detail).not.toHaveProperty('replaces');
  const number = made.drawn[0]?.number;
  expect(notified.detail).toMatchObject({
    id: `${number}/issued`,
    certificate: { number, bucket: 'certificates-bucket', key: `${FOLDER}/${number}.pdf` },
    completedAt: MARCH,
    cause: { id: event.detail.id, type: 'CourseCompleted' },
  });
  expect([...made.pdfs.keys()]).toEqual([notified.detail.certificate.key]);
});

test('a repeated completion gets no second certificate, live or replayed', async () => {
  const made = await desk({}, completed, completed);
  await made.take(delivered(completed, true));
  expect(made.drawn).toHaveLength(1);
  expect(publishedTypes(made)).toEqual(['Issued']);
});

test('a completion without a date is certified with the time at which it happened', async () => {
  const made = await desk({}, eventAt(1, 'CourseCompleted', { occurredAt: MAY }));
  expect(made.drawn[0]?.completedAt).toBe(MAY);
});

test('a course that is completed again gets a new certificate, which replaces the earlier one', async () => {
  const renewed = eventAt(2, 'CourseRecompleted', { completedAt: MAY });
  const made = await desk({ revoke: true }, completed, renewed);
  expect(made.validDates).toEqual([MAY]);
  expect(made.notified[1]).toMatchObject({ detail: { replaces: made.drawn[0]?.number } });
  expect(made.states[0]?.certificates.map(({ status }) => status)).toEqual(['replaced', 'valid']);
  expect(made.pdfs.size).toBe(2);
});

describe.each([{ revoke: true }, { revoke: false }])('with the policy %j', (policy) => {
  test('a corrected date gets a certificate that replaces the one with the wrong date', async () => {
    const made = await desk(policy, completed, corrected);
    expect(made.validDates).toEqual([CORRECTED]);
    expect(publishedTypes(made)).toEqual(['Issued', 'Issued']);
  });

  test('a date that is corrected and then corrected back gives a certificate with the first date', async () => {
    const back = eventAt(3, 'CompletionCorrected', { completedAt: MARCH });
    const made = await desk(policy, completed, corrected, back);
    expect(made.validDates).toEqual([MARCH]);
    expect(new Set(made.notified.map(({ detail }) => detail.id)).size).toBe(3);
  });

  test('a completion date that Kombo shows later replaces the time of detection on the certificate', async () => {
    const undated = eventAt(1, 'CourseCompleted', { occurredAt: JUNE });
    const dated = eventAt(2, 'CompletionCorrected', { completedAt: MAY });
    expect((await desk(policy, undated, dated)).validDates).toEqual([MAY]);
  });

  test.each([
    'ProgressionRemoved',
    'ProgressionRestored',
    'LearnerDataErased',
    'EnrollmentCorrected',
  ] as const)('%s does not change a certificate', async (type) => {
    const made = await desk(policy, completed, eventAt(2, type));
    expect(made.validDates).toEqual([MARCH]);
    expect(publishedTypes(made)).toEqual(['Issued']);
  });

  test('certificates depend on the order of the journal, not on the order in which events arrive', async () => {
    const made = await desk(policy, again, corrected, completed, reopened);
    expect(made.validDates).toEqual([MAY]);
    expect(publishedTypes(made)).toEqual(['Issued']);
  });
});

test('a reopened course keeps its certificate by default', async () => {
  const made = await desk({}, completed, reopened, eventAt(4, 'LearnerDropped'));
  expect(made.validDates).toEqual([MARCH]);
  expect(publishedTypes(made)).toEqual(['Issued']);
});

test.each(['CourseReopened', 'LearnerDropped'] as const)(
  '%s revokes the certificate when the setting `revoke` is true',
  async (type) => {
    const made = await desk({ revoke: true }, completed, eventAt(2, type));
    expect(made.validDates).toEqual([]);
    const revoked = made.notified[1];
    expect(revoked).toMatchObject({ type: 'CertificateRevoked', detail: { cause: { type } } });
    expect(publishedEvents.CertificateRevoked.parse(revoked?.detail)).toEqual(revoked?.detail);
  },
);

test('reopening a course also revokes the certificate of a corrected date', async () => {
  const made = await desk({ revoke: true }, completed, corrected, reopened);
  expect(made.validDates).toEqual([]);
  expect(publishedTypes(made)).toEqual(['Issued', 'Issued', 'Revoked']);
});

test('a completion that arrives after the course was reopened gets no certificate', async () => {
  const made = await desk({ revoke: true }, reopened, completed);
  expect(publishedTypes(made)).toEqual([]);
});

test.each([
  ['its old date', { completedAt: MARCH }, MARCH],
  ['no date', { occurredAt: JUNE }, JUNE],
  ['another date', { completedAt: MAY }, MAY],
])(
  'a course that is completed again with %s after a revocation gets a new certificate',
  async (_, facts, date) => {
    const second = eventAt(4, 'CourseCompleted', facts);
    const dropped = eventAt(5, 'LearnerDropped');
    const made = await desk({ revoke: true }, completed, reopened, second);
    expect(made.validDates).toEqual([date]);
    expect(made.states[0]?.certificates[0]).toMatchObject({ status: 'revoked' });
    await made.take(delivered(dropped));
    expect(publishedTypes(made)).toEqual(['Issued', 'Revoked', 'Issued', 'Revoked']);
    expect(new Set(made.notified.map(({ detail }) => detail.id)).size).toBe(4);
    expect(new Set(made.states[0]?.certificates.map(({ number }) => number)).size).toBe(2);
  },
);

describe('an event without a position in the journal', () => {
  const derived = eventAt(null, 'CourseCompleted', { completedAt: MAY });

  test('a completion without a journal position issues a certificate when the progression has no certificate', async () => {
    expect((await desk({ revoke: true }, derived)).validDates).toEqual([MAY]);
  });

  test.each([
    ['a completion', [completed], [MARCH]],
    ['a reopening', [reopened], []],
    ['a completion and a reopening', [completed, reopened], []],
  ])(
    'a completion without a journal position changes nothing when the journal has %s',
    async (_, events, dates) => {
      expect((await desk({ revoke: true }, ...events, derived)).validDates).toEqual(dates);
      expect((await desk({ revoke: true }, derived, ...events)).validDates).toEqual(dates);
    },
  );

  test('an event without a journal position never revokes a certificate', async () => {
    const made = await desk({ revoke: true }, completed, eventAt(null, 'LearnerEnrolled'));
    expect(publishedTypes(made)).toEqual(['Issued']);
  });
});

describe('when the data of the learner is erased', () => {
  const erased = eventAt(5, 'LearnerDataErased');

  test("erasing a learner's data deletes the PDFs, and the certificates stay valid", async () => {
    const made = await desk({}, completed, corrected, erased);
    expect(made.pdfs.size).toBe(0);
    expect(made.validDates).toEqual([CORRECTED]);
  });

  test("erasing a learner's data keeps the PDFs when the setting `onErasure` is keep", async () => {
    expect((await desk({ onErasure: 'keep' }, completed, erased)).pdfs.size).toBe(1);
  });

  test('a completion before an erasure gets a certificate without a PDF when its event arrives after the erasure', async () => {
    const made = await desk({}, erased, completed);
    expect(made.validDates).toEqual([MARCH]);
    expect(publishedTypes(made)).toEqual(['Issued']);
    expect(made.drawn).toEqual([]);
  });

  test('a completion after an erasure gets a PDF', async () => {
    const made = await desk({}, completed, erased, eventAt(6, 'CourseRecompleted', { completedAt: MAY }));
    expect([...made.pdfs.values()].map(({ completedAt }) => completedAt)).toEqual([MAY]);
  });
});

describe('the name on a certificate', () => {
  const withName = (firstName: string | null, lastName: string | null): LearningEvent => ({
    ...completed,
    detail: { ...completed.detail, learner: { id: 'l', remoteId: '1', firstName, lastName } },
  });

  test('the name on a certificate is the one that Kombo shows, not the one in the event', async () => {
    const made = new CertificateDesk({ firstName: 'Ada', lastName: 'Lovelace', email: null });
    await made.take(delivered(withName('Mallory', null)));
    expect(made.drawn[0]?.learnerName).toBe('Ada Lovelace');
    expect(made.asked).toHaveLength(1);
  });

  test("a certificate without a name shows the learner's id at the platform", async () => {
    const made = await desk({}, completed);
    expect(made.drawn[0]).toMatchObject({ learnerName: null, learnerReference: '32' });
  });

  test('the name is only in the PDF, never in an event or in the state', async () => {
    const made = await desk({}, withName('Canary', 'Bird'));
    expect(JSON.stringify([made.notified, made.states])).not.toMatch(/canary|bird/i);
  });
});

const message = (event: object, messageId: string) => ({ messageId, body: JSON.stringify(event) });
const handle = (made: CertificateDesk, failures: unknown[], ...Records: object[]) =>
  certificatesHandler({ ...made.parts, report: () => {}, failed: (error) => failures.push(error) })({
    Records,
  });

test('messages that fail stay in the queue, and messages that succeed are removed', async () => {
  const made = new CertificateDesk();
  made.shown = recordOf(again);
  made.failOnce('tell');
  const failures: unknown[] = [];
  const answer = await handle(
    made,
    failures,
    message(delivered(eventAt(3, 'CourseCompleted', { completedAt: MAY })), 'm1'),
    message({ 'detail-type': 'IntegrationFailing', detail: {} }, 'm2'),
    message(delivered(again), 'm3'),
  );
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }] });
  expect(failures).toHaveLength(2);
  expect(made.validDates).toEqual([MAY]);
});

test('a state file that Schoolbell did not write is named in the error and not changed', async () => {
  const made = new CertificateDesk();
  made.objects.set(`${FOLDER}/state.json`, '{"version":9}');
  await expect(made.take(delivered(completed))).rejects.toThrow(`${FOLDER}/state.json`);
  expect(made.objects.get(`${FOLDER}/state.json`)).toBe('{"version":9}');
});
