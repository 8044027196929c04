import { hash } from 'node:crypto';
import type { Change } from '../state/journal-entry.ts';

/** Bytes of one fingerprint: eight of the progression's id, then eight of the id with the facts it would get. */
const FINGERPRINT_BYTES = 16;

/** A change identified by its progression and the facts that the progression would get. */
export function fingerprintOf({ state, erased }: Change): Uint8Array {
  const { id, status, enrolledAt, completedAt, removedAt } = state;
  const facts = JSON.stringify([id, status, enrolledAt, completedAt, removedAt !== null, erased]);
  const fingerprint = new Uint8Array(FINGERPRINT_BYTES);
  fingerprint.set(hash('sha256', id, 'buffer').subarray(0, 8));
  fingerprint.set(hash('sha256', facts, 'buffer').subarray(0, 8), 8);
  return fingerprint;
}

/** A set of changes in some 64 bytes each, whatever their number. */
export type ChangeSet = {
  /** @returns what was not in the set before: the change, and its progression at all */
  add(fingerprint: Uint8Array): { isNewChange: boolean; isNewProgression: boolean };
  /** Adds fingerprints that lie one behind the other. */
  addAll(fingerprints: Uint8Array): void;
  has(fingerprint: Uint8Array): boolean;
};

/** An empty set: open addressing by the progression's half, at most half full. */
export function changeSet(): ChangeSet {
  let slots = new BigUint64Array(2 * 1024);
  let size = 0;

  /** Walks over the slots of a progression; ends at the change or at a free slot. */
  const find = (progression: bigint, change: bigint) => {
    const mask = slots.length / 2 - 1;
    let isKnown = false;
    for (let slot = Number(progression & BigInt(mask)); ; slot = (slot + 1) & mask) {
      const at = 2 * slot;
      if (slots[at] === 0n) return { at, isThere: false, isKnown };
      if (slots[at] !== progression) continue;
      isKnown = true;
      if (slots[at + 1] === change) return { at, isThere: true, isKnown };
    }
  };
  const insert = (progression: bigint, change: bigint) => {
    const { at, isThere, isKnown } = find(progression, change);
    if (!isThere) {
      slots[at] = progression;
      slots[at + 1] = change;
      size += 1;
    }
    return { isNewChange: !isThere, isNewProgression: !isKnown };
  };
  const grow = () => {
    const before = slots;
    slots = new BigUint64Array(before.length * 2);
    size = 0;
    for (let at = 0; at < before.length; at += 2) {
      if (before[at] !== 0n) insert(before[at] ?? 0n, before[at + 1] ?? 0n);
    }
  };

  const set: ChangeSet = {
    add(fingerprint) {
      if (size >= slots.length / 4) grow();
      return insert(...wordsOf(fingerprint));
    },
    addAll(fingerprints) {
      for (let at = 0; at + FINGERPRINT_BYTES <= fingerprints.length; at += FINGERPRINT_BYTES) {
        set.add(fingerprints.subarray(at, at + FINGERPRINT_BYTES));
      }
    },
    has: (fingerprint) => find(...wordsOf(fingerprint)).isThere,
  };
  return set;
}

/** Zero marks a free slot. */
function wordsOf(fingerprint: Uint8Array): [progression: bigint, change: bigint] {
  const view = new DataView(fingerprint.buffer, fingerprint.byteOffset, FINGERPRINT_BYTES);
  return [view.getBigUint64(0) || 1n, view.getBigUint64(8)];
}
