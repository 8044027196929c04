import { DeploymentError, TransientError } from '../../functions/core/errors.ts';
import { type CertifiedProgression, certificateFolder } from './certificate-number.ts';
import { CertificateState, type IssuedCertificate, NO_CERTIFICATES } from './certificate-state.ts';
import type { CertificateBucket } from './ports.ts';

/** At most five workers change one progression at the same time, and each needs two writes. */
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
 * @throws DeploymentError when the bucket refuses access, or contains another file; TransientError for a temporary failure
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
