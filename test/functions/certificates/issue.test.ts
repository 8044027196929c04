import { describe, expect, test } from 'vitest';
import { deliveredExample, exampleOf } from '../../../catalogue/example-events.ts';
import { learningExample } from '../../../catalogue/learning-examples.ts';
import type { Certificate } from '../../../functions/certificates/certificate.ts';
import { certificatesHandler } from '../../../functions/certificates/take-events.ts';
import type { LearningEventType } from '../../../functions/contract/learning-event-type.ts';
import { publishedEvents } from '../../../functions/contract/published-events.ts';
import { CertificateDesk } from './certificate-desk.ts';

const message = (type: LearningEventType, detail: object = {}, id = 'm1') => ({
  messageId: id,
  body: JSON.stringify(deliveredExample(type, { ...exampleOf(type).detail, ...detail })),
});
const take = (desk: CertificateDesk, ...records: { messageId: string; body: string }[]) =>
  certificatesHandler(desk.parts)({ Records: records });

describe('a completion', () => {
  test('gets one certificate, which is told of', async () => {
    const desk = new CertificateDesk();
    expect(await take(desk, message('CourseCompleted'))).toEqual({ batchItemFailures: [] });
    expect([...desk.kept.keys()]).toEqual([
      'moodle/7C9M5sXAQx2cNMpVHLojrFpL/9ZpE4wEoF2nKfLpRrKq3Xc1m/20260302T093000000Z',
    ]);
    const [told] = desk.told;
    if (told?.type !== 'CertificateIssued') throw new Error('it was told');
    expect(publishedEvents.CertificateIssued.parse(told.detail)).toEqual(told.detail);
    expect(told.detail).toMatchObject({
      id: `${desk.drawn[0]?.number}/issued`,
      completedAt: '2026-03-02T09:30:00.000Z',
      cause: { type: 'CourseCompleted' },
    });
  });

  test('that is told again, live or replayed, gets no other certificate and the same event', async () => {
    const desk = new CertificateDesk();
    await take(desk, message('CourseCompleted'), message('CourseCompleted'));
    const replayed = { ...deliveredExample('CourseCompleted'), 'detail-type': 'ReplayedCourseCompleted' };
    await take(desk, { messageId: 'm2', body: JSON.stringify(replayed) });
    expect(desk.drawn).toHaveLength(1);
    expect(desk.told).toEqual([desk.told[0], desk.told[0], desk.told[0]]);
  });

  test('again, later, gets a certificate of its own', async () => {
    const desk = new CertificateDesk();
    await take(desk, message('CourseCompleted'), message('CourseRecompleted'));
    expect(desk.kept.size).toBe(2);
    expect(new Set(desk.drawn.map(({ number }) => number)).size).toBe(2);
  });

  test('without a date is certified as of when it happened', async () => {
    const desk = new CertificateDesk();
    const progression = { ...learningExample('CourseCompleted').detail.progression, completedAt: null };
    await take(desk, message('CourseCompleted', { progression, occurredAt: '2026-03-05T10:00:00.000Z' }));
    expect(desk.drawn[0]?.completedAt).toBe('2026-03-05T10:00:00.000Z');
  });
});

describe('the name', () => {
  test('is the one that the event carries, and Kombo is not asked', async () => {
    const desk = new CertificateDesk();
    await take(
      desk,
      message('CourseCompleted', { learner: { id: 'l', remoteId: '1', firstName: 'Ada', lastName: null } }),
    );
    expect(desk.drawn[0]?.learnerName).toBe('Ada');
    expect(desk.asked).toEqual([]);
  });

  test('is asked of Kombo when the event carries none', async () => {
    const desk = new CertificateDesk({ firstName: 'Ada', lastName: 'Lovelace', email: null });
    await take(desk, message('CourseCompleted'));
    expect(desk.drawn[0]?.learnerName).toBe('Ada Lovelace');
    expect(desk.asked).toHaveLength(1);
  });

  test('may be missing: the platform number of the learner is printed', async () => {
    const desk = new CertificateDesk(null);
    await take(desk, message('CourseCompleted'));
    expect(desk.drawn[0]).toMatchObject({
      learnerName: null,
      learnerReference: '32',
    } satisfies Partial<Certificate>);
  });

  test('is in the drawing alone, never in an event or beside the PDF', async () => {
    const desk = new CertificateDesk({ firstName: 'Canary', lastName: 'Bird', email: 'canary@example.com' });
    await take(desk, message('CourseCompleted'));
    expect(JSON.stringify([desk.told, [...desk.kept]])).not.toMatch(/canary|bird/i);
  });
});

describe('when a step fails', () => {
  test.each(['nameOf', 'draw', 'keep', 'tell'] as const)(
    '%s: the message stays, and the next try makes it whole',
    async (step) => {
      const desk = new CertificateDesk();
      desk.failOnce(step);
      expect(await take(desk, message('CourseCompleted'), message('CourseRecompleted', {}, 'm2'))).toEqual({
        batchItemFailures: [{ itemIdentifier: 'm1' }],
      });
      expect(await take(desk, message('CourseCompleted'))).toEqual({ batchItemFailures: [] });
      expect(desk.kept.size).toBe(2);
      expect(new Set(desk.told.map(({ detail }) => detail.id)).size).toBe(2);
    },
  );

  test('another worker was first: its certificate counts', async () => {
    const desk = new CertificateDesk();
    desk.anotherWorkerKeeps({ number: 'theirs', code: 'THEIRS', at: '2026-01-01T00:00:00.000Z' });
    await take(desk, message('CourseCompleted'));
    expect(desk.told[0]?.detail.id).toBe('theirs/issued');
  });
});

describe('a course that is reopened', () => {
  test('revokes nothing, since a retake is no revocation', async () => {
    const desk = new CertificateDesk();
    await take(desk, message('CourseCompleted'), message('CourseReopened'));
    expect(desk.told.map(({ type }) => type)).toEqual(['CertificateIssued']);
  });

  test('revokes the certificate where the deployment wants it', async () => {
    const desk = new CertificateDesk(null, { revokes: true });
    await take(desk, message('CourseCompleted'), message('CourseReopened'));
    expect(desk.told.map(({ type }) => type)).toEqual(['CertificateIssued', 'CertificateRevoked']);
  });

  test('before its completion arrives: the certificate is never told of as issued', async () => {
    const desk = new CertificateDesk(null, { revokes: true });
    await take(desk, message('CourseReopened'), message('CourseCompleted'));
    expect(desk.told).toEqual([]);
  });
});

test('an event that the rule should not have brought fails, and says so', async () => {
  const desk = new CertificateDesk();
  expect(await take(desk, message('LearnerDropped'))).toEqual({
    batchItemFailures: [{ itemIdentifier: 'm1' }],
  });
  expect(desk.failures).toHaveLength(1);
});
