import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { Timestamp } from '../../functions/contract/field-types.ts';
import { JournalPosition } from '../../functions/contract/learning-events.ts';
import { workflowEvents } from '../../functions/contract/workflow-events.ts';
import { DeploymentError, TransientError } from '../../functions/core/errors.ts';
import { type CertifiedProgression, certificateFolder } from './certificate-number.ts';
import type { CertificateBucket } from './ports.ts';

const Cause = z.object({ id: z.string(), type: LearningEventType });

const IssuedCertificate = z.object({
  number: z.string(),
  code: z.string(),
  completedAt: Timestamp,
  issuedAt: Timestamp,
  /** The position of the completion that this certificate was issued for; null for a replay from Kombo. */
  journal: z.nullable(JournalPosition),
  status: z.enum(['valid', 'replaced', 'revoked']),
  /** When this certificate was replaced or revoked. */
  endedAt: z.nullable(Timestamp),
});
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

/** The state of one progression's certificates, stored beside their PDFs. It contains no names. */
export const CertificateState = z.object({
  version: z.literal(1),
  /** The last event, by journal position, that reports a completion or corrects its date. */
  completion: z.nullable(
    z.object({ cause: Cause, journal: z.nullable(JournalPosition), completedAt: Timestamp }),
  ),
  /** The last event, by journal position, that reports another status than completed. */
  incompletion: z.nullable(z.object({ cause: Cause, journal: JournalPosition })),
  /** The position of the last event that reported an erasure of the learner's data. */
  erasure: z.nullable(JournalPosition),
  /** In the order in which they were issued. */
  certificates: z.array(IssuedCertificate),
  /** Events that are perhaps not published yet, in order. */
  unpublished: z.array(
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('CertificateIssued'), detail: workflowEvents.CertificateIssued }),
      z.object({ type: z.literal('CertificateRevoked'), detail: workflowEvents.CertificateRevoked }),
    ]),
  ),
});
export type CertificateState = z.infer<typeof CertificateState>;

const NO_CERTIFICATES: CertificateState = {
  version: 1,
  completion: null,
  incompletion: null,
  erasure: null,
  certificates: [],
  unpublished: [],
};

/** Returns whether the learner's data was erased after the completion that the certificate is for. */
export function isErased({ erasure }: CertificateState, { journal }: IssuedCertificate): boolean {
  return erasure !== null && isLater(erasure, journal);
}

/** Null, for an event without a position, is earlier than any position. */
export function isLater(position: JournalPosition, than: JournalPosition | null): boolean {
  if (than === null) return true;
  return position.entry > than.entry || (position.entry === than.entry && position.index > than.index);
}

/**
 * The maximum number of attempts to write a state. At most five calls of the function run at the same time,
 * and each writes a state twice. So the four other calls can write eight times between the reads and the
 * writes of one call.
 */
const ATTEMPTS = 10;

/**
 * Changes the stored state. If another worker has written in the meantime, applies the change to the new
 * state.
 *
 * @param change returns the same object if there is nothing to write. It has no side effects
 * @returns the state that is now stored
 * @throws TransientError when another worker wrote first in each attempt
 */
export async function updateState(
  bucket: Pick<CertificateBucket, 'read' | 'replace'>,
  folder: string,
  change: (state: CertificateState) => CertificateState | Promise<CertificateState>,
): Promise<CertificateState> {
  const key = stateKey(folder);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const stored = await bucket.read(key);
    const state = stored === null ? NO_CERTIFICATES : parse(stored.text, key);
    const changed = await change(state);
    if (changed === state) return state;
    if (await bucket.replace(key, JSON.stringify(changed), stored?.revision ?? null)) return changed;
  }
  throw new TransientError(`${key} was changed by other workers ${ATTEMPTS} times in a row`);
}

/**
 * Returns the certificates in the order in which they were issued.
 *
 * @throws DeploymentError when the bucket refuses access, or the state does not have the format that
 *   Schoolbell writes; TransientError for a temporary failure
 */
export async function readCertificates(
  bucket: Pick<CertificateBucket, 'read'>,
  progression: CertifiedProgression,
): Promise<IssuedCertificate[]> {
  const key = stateKey(certificateFolder(progression));
  const stored = await bucket.read(key);
  return stored === null ? [] : parse(stored.text, key).certificates;
}

function stateKey(folder: string): string {
  return `${folder}/state.json`;
}

function parse(text: string, key: string): CertificateState {
  try {
    return CertificateState.parse(JSON.parse(text));
  } catch (error) {
    throw new DeploymentError(
      `The object ${key} in the bucket does not have the format that Schoolbell writes: move it to another key`,
      { cause: error },
    );
  }
}
