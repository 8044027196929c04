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
  /** The journal position of the completion that this certificate was issued for. */
  journal: z.nullable(JournalPosition),
  status: z.enum(['valid', 'replaced', 'revoked']),
  /** The time at which this certificate was replaced or revoked. */
  endedAt: z.nullable(Timestamp),
});
export type IssuedCertificate = z.infer<typeof IssuedCertificate>;

/** The stored state of one progression's certificates. It is stored beside their PDFs. It contains ids, but never a name. */
export const CertificateState = z.object({
  version: z.literal(1),
  /** The last event, by journal position, that reports a completion or corrects its date. */
  completion: z.nullable(
    z.object({ cause: Cause, journal: z.nullable(JournalPosition), completedAt: Timestamp }),
  ),
  /** The last event, by journal position, that reports another status than completed. */
  incompletion: z.nullable(z.object({ cause: Cause, journal: JournalPosition })),
  /** The journal position of the last event that reported that the learner's data was erased. */
  erasure: z.nullable(JournalPosition),
  /** The certificates in the order in which they were issued. */
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

/** The state of a progression before its first event. */
const NO_CERTIFICATES: CertificateState = {
  version: 1,
  completion: null,
  incompletion: null,
  erasure: null,
  certificates: [],
  unpublished: [],
};

/** Returns whether the learner's data was erased after the completion that a certificate was issued for. */
export function isErased({ erasure }: CertificateState, { journal }: IssuedCertificate): boolean {
  return erasure !== null && isLater(erasure, journal);
}

/**
 * Returns whether a journal position is later than another position. Null (an event without a position) is
 * earlier than any position.
 */
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
 * Changes the stored state of a progression's certificates. If another worker writes between the read and the write, the change
 * is applied again to the state that the other worker wrote.
 *
 * @param change returns the changed state, or the same object if there is nothing to write. It has no side effects
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
 * Reads the certificates of a progression, in the order in which they were issued.
 *
 * @throws DeploymentError when the bucket refuses access, or when the stored state does not have the format
 *   that Schoolbell writes; TransientError for a temporary failure
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
