import { hash } from 'node:crypto';
import type { Change } from '../state/journal-entry.ts';

/** Bytes of a fingerprint: 8 for the progression's id, and 8 for the id together with the new facts. */
const FINGERPRINT_BYTES = 16;
const PROGRESSION_BYTES = 8;

/**
 * Identifies a change by its progression and the new facts of the progression. A removal is the same change
 * when Kombo has also anonymised the record, 14 days later: otherwise, a later decision would not cover it.
 */
export function fingerprintOf({ previous, state, erased }: Change): Uint8Array {
  const { id, status, enrolledAt, completedAt, removedAt } = state;
  const isRemoval = removedAt !== null && (previous?.removedAt ?? null) === null;
  const isErased = erased && !isRemoval;
  const facts = JSON.stringify([id, status, enrolledAt, completedAt, removedAt !== null, isErased]);
  const fingerprint = new Uint8Array(FINGERPRINT_BYTES);
  fingerprint.set(progressionPart(id));
  fingerprint.set(hash('sha256', facts, 'buffer').subarray(0, PROGRESSION_BYTES), PROGRESSION_BYTES);
  return fingerprint;
}

function progressionPart(id: string): Uint8Array {
  return hash('sha256', id, 'buffer').subarray(0, PROGRESSION_BYTES);
}

/** Creates a set of changes. It stores their fingerprints, which take about 100 bytes of memory each. */
export function changeSet() {
  const changes = new Set<string>();
  const progressions = new Set<string>();
  const set = {
    add(fingerprint: Uint8Array): { isNewChange: boolean; isNewProgression: boolean } {
      const change = keyOf(fingerprint);
      const progression = change.slice(0, PROGRESSION_BYTES);
      const added = { isNewChange: !changes.has(change), isNewProgression: !progressions.has(progression) };
      changes.add(change);
      progressions.add(progression);
      return added;
    },
    /** Adds any number of fingerprints, concatenated. */
    addAll(fingerprints: Uint8Array): void {
      for (let at = 0; at < fingerprints.length; at += FINGERPRINT_BYTES) {
        set.add(fingerprints.subarray(at, at + FINGERPRINT_BYTES));
      }
    },
    has: (fingerprint: Uint8Array): boolean => changes.has(keyOf(fingerprint)),
    hasProgression: (id: string): boolean => progressions.has(keyOf(progressionPart(id))),
  };
  return set;
}

/** Returns the bytes as a text with one character per byte. */
function keyOf(fingerprint: Uint8Array): string {
  return Buffer.from(fingerprint).toString('latin1');
}
