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

test('for a completed course, one certificate is issued and one event about it is published', async () => {
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

test('no second certificate is issued when a completion is delivered again, live or replayed', async () => {
  const made = await desk({}, completed, completed);
  await made.take(delivered(completed, true));
  expect(made.drawn).toHaveLength(1);
  expect(publishedTypes(made)).toEqual(['Issued']);
});

test('the date of a certificate for a completion without a completion date is the `occurredAt` of the event', async () => {
  const made = await desk({}, eventAt(1, 'CourseCompleted', { occurredAt: MAY }));
  expect(made.drawn[0]?.completedAt).toBe(MAY);
});

test('when a course is completed again, a new certificate is issued that replaces the earlier certificate', async () => {
  const renewed = eventAt(2, 'CourseRecompleted', { completedAt: MAY });
  const made = await desk({ revoke: true }, completed, renewed);
  expect(made.validDates).toEqual([MAY]);
  expect(made.notified[1]).toMatchObject({ detail: { replaces: made.drawn[0]?.number } });
  expect(made.states[0]?.certificates.map(({ status }) => status)).toEqual(['replaced', 'valid']);
  expect(made.pdfs.size).toBe(2);
});

describe.each([{ revoke: true }, { revoke: false }])('certificates with the policy %j', (policy) => {
  test('when a completion date is corrected, a new certificate replaces the certificate with the wrong date', async () => {
    const made = await desk(policy, completed, corrected);
    expect(made.validDates).toEqual([CORRECTED]);
    expect(publishedTypes(made)).toEqual(['Issued', 'Issued']);
  });

  test('when a corrected completion date is corrected back, the valid certificate has the first date', async () => {
    const back = eventAt(3, 'CompletionCorrected', { completedAt: MARCH });
    const made = await desk(policy, completed, corrected, back);
    expect(made.validDates).toEqual([MARCH]);
    expect(new Set(made.notified.map(({ detail }) => detail.id)).size).toBe(3);
  });

  test('when Kombo first shows a completion without a date and later with its date, a new certificate has this date instead of the time of detection', async () => {
    const undated = eventAt(1, 'CourseCompleted', { occurredAt: JUNE });
    const dated = eventAt(2, 'CompletionCorrected', { completedAt: MAY });
    expect((await desk(policy, undated, dated)).validDates).toEqual([MAY]);
  });

  test.each([
    'ProgressionRemoved',
    'ProgressionRestored',
    'LearnerDataErased',
    'EnrollmentCorrected',
  ] as const)('the event %s neither issues nor revokes a certificate', async (type) => {
    const made = await desk(policy, completed, eventAt(2, type));
    expect(made.validDates).toEqual([MARCH]);
    expect(publishedTypes(made)).toEqual(['Issued']);
  });

  test('when older events of a progression arrive after its latest completion, only the certificate for this completion is issued', async () => {
    const made = await desk(policy, again, corrected, completed, reopened);
    expect(made.validDates).toEqual([MAY]);
    expect(publishedTypes(made)).toEqual(['Issued']);
  });
});

test('the certificate of a reopened course stays valid by default', async () => {
  const made = await desk({}, completed, reopened, eventAt(4, 'LearnerDropped'));
  expect(made.validDates).toEqual([MARCH]);
  expect(publishedTypes(made)).toEqual(['Issued']);
});

test.each(['CourseReopened', 'LearnerDropped'] as const)(
  'the event %s revokes the certificate when the setting `revoke` is true',
  async (type) => {
    const made = await desk({ revoke: true }, completed, eventAt(2, type));
    expect(made.validDates).toEqual([]);
    const revoked = made.notified[1];
    expect(revoked).toMatchObject({ type: 'CertificateRevoked', detail: { cause: { type } } });
    expect(publishedEvents.CertificateRevoked.parse(revoked?.detail)).toEqual(revoked?.detail);
  },
);

test('when the setting `revoke` is true, a reopening also revokes a certificate that was issued for a corrected completion date', async () => {
  const made = await desk({ revoke: true }, completed, corrected, reopened);
  expect(made.validDates).toEqual([]);
  expect(publishedTypes(made)).toEqual(['Issued', 'Issued', 'Revoked']);
});

test('no certificate is issued for a completion whose event arrives after the event of a later reopening', async () => {
  const made = await desk({ revoke: true }, reopened, completed);
  expect(publishedTypes(made)).toEqual([]);
});

test.each([
  ['its old date', { completedAt: MARCH }, MARCH],
  ['no date', { occurredAt: JUNE }, JUNE],
  ['another date', { completedAt: MAY }, MAY],
])(
  'when a course is completed again with %s after its certificate was revoked, a new certificate is issued',
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

test('no certificate is issued again after its revocation when the setting `revoke` becomes false and handled events are replayed or the data is erased', async () => {
  const made = await desk({ revoke: true }, completed, reopened);
  made.parts.policy = { ...made.parts.policy, revoke: false };
  for (const event of [completed, reopened, eventAt(5, 'LearnerDataErased')]) {
    await made.take(delivered(event, true));
    expect(publishedTypes(made), event.type).toEqual(['Issued', 'Revoked']);
  }
});

describe('an event without a position in the journal', () => {
  const derived = eventAt(null, 'CourseCompleted', { completedAt: MAY });

  test('a completion without a journal position (from `replay --source kombo`) leads to a certificate when no other event arrives', async () => {
    expect((await desk({ revoke: true }, derived)).validDates).toEqual([MAY]);
  });

  test.each([
    ['a completion', [completed], [MARCH]],
    ['a reopening', [reopened], []],
    ['a completion and a reopening', [completed, reopened], []],
  ])(
    'a completion without a journal position (from `replay --source kombo`) has no effect on the valid certificates when the journal has %s',
    async (_, events, dates) => {
      expect((await desk({ revoke: true }, ...events, derived)).validDates).toEqual(dates);
      expect((await desk({ revoke: true }, derived, ...events)).validDates).toEqual(dates);
    },
  );

  test('an event without a journal position revokes no certificate', async () => {
    const made = await desk({ revoke: true }, completed, eventAt(null, 'LearnerEnrolled'));
    expect(publishedTypes(made)).toEqual(['Issued']);
  });
});

describe('certificates of an erased learner', () => {
  const erased = eventAt(5, 'LearnerDataErased');

  test("when a learner's data is erased, the PDFs of the learner's certificates are deleted, and the certificates stay valid", async () => {
    const made = await desk({}, completed, corrected, erased);
    expect(made.pdfs.size).toBe(0);
    expect(made.validDates).toEqual([CORRECTED]);
  });

  test("when a learner's data is erased and the setting `onErasure` is keep, the PDFs of the certificates are kept", async () => {
    expect((await desk({ onErasure: 'keep' }, completed, erased)).pdfs.size).toBe(1);
  });

  test("when a completion from before the erasure of the learner's data arrives after the erasure, its certificate has no PDF", async () => {
    const made = await desk({}, erased, completed);
    expect(made.validDates).toEqual([MARCH]);
    expect(publishedTypes(made)).toEqual(['Issued']);
    expect(made.drawn).toEqual([]);
  });

  test("a certificate for a completion after the erasure of the learner's data has a PDF", async () => {
    const made = await desk({}, completed, erased, eventAt(6, 'CourseRecompleted', { completedAt: MAY }));
    expect([...made.pdfs.values()].map(({ completedAt }) => completedAt)).toEqual([MAY]);
  });
});

describe('the name on a certificate', () => {
  const withName = (firstName: string | null, lastName: string | null): LearningEvent => ({
    ...completed,
    detail: { ...completed.detail, learner: { id: 'l', remoteId: '1', firstName, lastName } },
  });

  test('a certificate has the name that Kombo shows and not the name in the event', async () => {
    const made = new CertificateDesk({ firstName: 'Ada', lastName: 'Lovelace', email: null });
    await made.take(delivered(withName('Mallory', null)));
    expect(made.drawn[0]?.learnerName).toBe('Ada Lovelace');
    expect(made.asked).toHaveLength(1);
  });

  test("a certificate has the learner's id on the platform when the name is missing", async () => {
    const made = await desk({}, completed);
    expect(made.drawn[0]).toMatchObject({ learnerName: null, learnerReference: '32' });
  });

  test("a learner's name is never contained in an event about a certificate or in the stored state", async () => {
    const made = await desk({}, withName('Canary', 'Bird'));
    expect(JSON.stringify([made.notified, made.states])).not.toMatch(/canary|bird/i);
  });
});

const handle = (made: CertificateDesk, event: object) =>
  certificatesHandler({ ...made.parts, report: () => {} })({ Records: [{ body: JSON.stringify(event) }] });

test('the certificates function fails when its event fails, so that the queue delivers the event again', async () => {
  const made = new CertificateDesk();
  made.shown = recordOf(again);
  made.failOnce('tell');
  await expect(handle(made, delivered(again))).rejects.toThrow();
  await expect(handle(made, { 'detail-type': 'IntegrationFailing', detail: {} })).rejects.toThrow();
  await handle(made, delivered(again));
  expect(made.validDates).toEqual([MAY]);
});

test('a state file of certificates with an unknown version is not changed, and the error contains the key of the file', async () => {
  const made = new CertificateDesk();
  made.objects.set(`${FOLDER}/state.json`, '{"version":9}');
  await expect(made.take(delivered(completed))).rejects.toThrow(`${FOLDER}/state.json`);
  expect(made.objects.get(`${FOLDER}/state.json`)).toBe('{"version":9}');
});
