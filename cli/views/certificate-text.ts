import type { IssuedCertificate } from '../../consumers/certificates/certificate-state.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import type { JournalledEvent } from '../../functions/core/decide/events-of-entry.ts';

/**
 * Returns the certificate that was issued for an event, or null. If the certificate was issued for an event
 * without a position in the journal (a replay from Kombo), the date of the completion is compared instead.
 */
export function certificateOf(
  { detail: { journal, progression } }: JournalledEvent,
  certificates: IssuedCertificate[],
): IssuedCertificate | null {
  const issued = certificates.find((each) =>
    each.journal === null
      ? each.completedAt === progression.completedAt
      : each.journal.entry === journal.entry && each.journal.index === journal.index,
  );
  return issued ?? null;
}

/** Returns a text with the number and the status of a certificate. */
export function certificateText(certificate: IssuedCertificate | null): string {
  if (certificate === null) return 'no certificate';
  const { number, status, endedAt } = certificate;
  return `certificate ${number}, ${status}${endedAt === null ? '' : ` ${minute(endedAt)}`}`;
}
