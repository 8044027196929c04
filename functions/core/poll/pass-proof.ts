import type { Checkpoint, Run } from '../state/checkpoint.ts';
import type { Page } from '../state/progression.ts';

/** Proves that a pass has shown every record, so that no second pass is needed. */
export type PassProof = {
  add(page: Page): void;
  /** Asked once, after the last page. */
  holds(): boolean;
};

/**
 * The proof of a pass that reads all its pages in one call: no id came twice, and every record could be read.
 *
 * A record can be skipped between two pages only while others move. Where a cursor is an offset, the record that moved from a
 * page that was read to a later one comes again. Where a cursor is the last record's key, only the record that moved itself
 * can be skipped, and the next run asks for it by its new update time. The proof fails where rows disappear from Kombo
 * altogether; see `docs/adr/0026-read-pages-once.md`.
 *
 * An id is kept as a hash of 53 bits: two ids with one hash only cost a second pass.
 */
export function passProof(): PassProof {
  let hashes = new Float64Array(1024);
  let count = 0;
  let isReadable = true;
  return {
    add({ records, rejected }) {
      if (rejected.length > 0) isReadable = false;
      if (!isReadable) return;
      for (const { state } of records) {
        if (count === hashes.length) hashes = grown(hashes);
        hashes[count] = hashOf(state.id);
        count += 1;
      }
    },
    holds() {
      const sorted = hashes.subarray(0, count).sort();
      return isReadable && sorted.every((hash, index) => hash !== sorted[index + 1]);
    },
  };
}

/** A pass that another call began: its first pages are not known. */
export const NO_PROOF: PassProof = { add: () => undefined, holds: () => false };

/**
 * The proof of a first sync that took several calls: it began with nothing known, and has read as many records as are known
 * now, so no id came twice.
 */
export function isFirstSyncWhole(run: Run, { known, watermark, hasSetAside }: Checkpoint): boolean {
  const isFirst = run.mode === 'baseline' && watermark === null && run.pass === 1 && run.restarts === 0;
  return isFirst && run.knownAtStart === 0 && !hasSetAside && run.passRecords === known;
}

function grown(hashes: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const next = new Float64Array(hashes.length * 2);
  next.set(hashes);
  return next;
}

/** Two FNV-1a hashes over the id's UTF-16 units, as one integer below 2^53. */
function hashOf(id: string): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
