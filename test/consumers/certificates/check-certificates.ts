import { expect } from 'vitest';
import { certificateFolder, pdfKey } from '../../../consumers/certificates/certificate-number.ts';
import type { CertificatePolicy } from '../../../consumers/certificates/handle-event.ts';
import type { JournalPosition, LearningEvent } from '../../../functions/contract/learning-events.ts';
import type { CertificateDesk } from './certificate-desk.ts';

/** Compares the certificates of one progression with its whole history in the order of the journal. */
export function checkCertificates(
  desk: CertificateDesk,
  history: LearningEvent[],
  policy: CertificatePolicy,
): void {
  const dates = allowedDates(history, policy);
  expect(dates).toContain(desk.validDates.join());
  expect(dates).toContain(validForConsumers(desk).join());
  checkEvents(desk, history, policy);
  checkState(desk);
  checkPdfs(desk, history, policy);
  expect(JSON.stringify([desk.notified, desk.states])).not.toMatch(/canary|bird/i);
}

/**
 * Returns the dates that the valid certificate may have. An empty text means that no certificate is valid.
 * Several dates are possible only if all completions come from a replay from Kombo.
 */
function allowedDates(history: LearningEvent[], { revoke }: CertificatePolicy): string[] {
  const journalled = history.filter(({ detail }) => detail.journal !== null);
  const isCompleted = journalled.reduce((before, { type, detail }) => {
    const saysNothing = /^(Progression(Removed|Restored)|LearnerDataErased|EnrollmentCorrected)$/.test(type);
    return saysNothing ? before : detail.progression.status === 'COMPLETED';
  }, false);
  const completions = journalled.filter(({ type }) => /complet/i.test(type));
  const last = completions.at(-1);
  if (last !== undefined) return [isCompleted || !revoke ? dateOf(last) : ''];
  const derived = history.filter(({ detail }) => detail.journal === null).map(dateOf);
  const isKnownOpen = journalled.some(({ type }) => /Reopened|Dropped/.test(type));
  return derived.length === 0 || (revoke && isKnownOpen) ? [''] : derived;
}

function dateOf({ detail }: LearningEvent): string {
  return detail.progression.completedAt ?? detail.occurredAt;
}

/**
 * Returns the dates of the certificates that are valid for a consumer that handles each event once and
 * ignores the order of events.
 */
function validForConsumers({ notified }: CertificateDesk): string[] {
  const ended = new Set(
    notified.map((event) =>
      event.type === 'CertificateIssued'
        ? event.detail.replaces
        : event.type === 'CertificateRevoked' && event.detail.certificate.number,
    ),
  );
  const issued = notified.flatMap((event) => (event.type === 'CertificateIssued' ? [event.detail] : []));
  const valid = new Map(
    issued.map(({ certificate, completedAt }) => [certificate.number, completedAt] as const),
  );
  return [...valid].filter(([number]) => !ended.has(number)).map(([, date]) => date);
}

/**
 * Checks that events with equal ids are equal, that a certificate is issued before it is replaced or revoked,
 * and that only events of the journal revoke certificates.
 */
function checkEvents(
  { notified }: CertificateDesk,
  history: LearningEvent[],
  { revoke }: CertificatePolicy,
): void {
  const known = new Map<string, unknown>();
  const journalled = new Set(
    history.filter(({ detail }) => detail.journal !== null).map(({ detail }) => detail.id),
  );
  for (const { type, detail } of notified) {
    if (known.has(detail.id)) expect(detail).toEqual(known.get(detail.id));
    known.set(detail.id, detail);
    if (type === 'CertificateIssued' && detail.replaces !== undefined)
      expect([...known.keys()]).toContain(`${detail.replaces}/issued`);
    if (type === 'CertificateRevoked') {
      expect(revoke).toBe(true);
      expect([...known.keys()]).toContain(`${detail.certificate.number}/issued`);
      expect([...journalled]).toContain(detail.cause.id);
    }
  }
}

/**
 * Checks that at most one certificate is valid, that no event remains to be published, and that no
 * certificate was replaced by a certificate with the same date.
 */
function checkState({ states }: CertificateDesk): void {
  expect(states.length).toBeLessThanOrEqual(1);
  for (const { certificates, unpublished } of states) {
    expect(unpublished).toEqual([]);
    expect(certificates.filter(({ status }) => status === 'valid').length).toBeLessThanOrEqual(1);
    expect(new Set(certificates.map(({ number }) => number)).size).toBe(certificates.length);
    for (const [at, { status, completedAt }] of certificates.entries()) {
      if (status === 'replaced') expect(certificates[at + 1]?.completedAt).not.toBe(completedAt);
    }
  }
}

/**
 * Checks that each certificate has a PDF with its number, code and date before its event is published. After
 * an erasure that deletes PDFs, no earlier certificate may have a PDF.
 */
function checkPdfs(desk: CertificateDesk, history: LearningEvent[], { onErasure }: CertificatePolicy): void {
  const erasure = history.findLast(({ type }) => type === 'LearnerDataErased')?.detail.journal ?? null;
  const folder = certificateFolder({
    integration: history[0]?.detail.integration.id ?? ':',
    progression: history[0]?.detail.progression.id ?? '',
  });
  for (const { certificates } of desk.states) {
    for (const { number, code, completedAt, journal } of certificates) {
      const pdf = desk.pdfs.get(pdfKey(folder, number));
      const isDeleted = onErasure === 'delete' && erasure !== null && isBefore(journal, erasure);
      if (isDeleted) expect(pdf).toBeUndefined();
      else expect(pdf).toMatchObject({ number, code, completedAt, learnerName: 'Canary Bird' });
    }
    expect(desk.pdfs.size).toBeLessThanOrEqual(certificates.length);
    if (onErasure === 'keep' || erasure === null) expect(desk.missing).toEqual([]);
  }
}

function isBefore(a: JournalPosition | null, b: JournalPosition): boolean {
  return a === null || a.entry * 1000 + a.index < b.entry * 1000 + b.index;
}
