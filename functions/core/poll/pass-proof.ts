import type { Checkpoint, Run } from '../state/checkpoint.ts';
import type { Page } from '../state/progression.ts';

/**
 * Creates the proof that a pass has shown every record, so that no second pass is needed. The pass must read
 * all its pages in one call. The proof holds if no id came twice and every record could be read.
 *
 * A pass can skip a record only if records move between two of its pages. If a cursor is an offset, a record
 * is skipped when a record before it moves to a later page. The moved record then comes twice. If a cursor is
 * the key of the last record, only the moved record itself can be skipped, and the next run finds it by its
 * new update time. The proof does not cover rows that disappear from Kombo completely: see
 * `docs/adr/0026-read-pages-once.md`.
 *
 * Each id is stored as a hash of 53 bits. If two ids have the same hash, the only effect is a second pass.
 * The buffer reserves addresses for `MOST_IDS` ids, so it grows without a copy. It uses memory only for the
 * ids that it contains.
 */
export function passProof() {
  const buffer = new ArrayBuffer(0, { maxByteLength: MOST_IDS * Float64Array.BYTES_PER_ELEMENT });
  const hashes = new Float64Array(buffer);
  let isPossible = true;
  return {
    add({ records, rejected }: Page): void {
      const count = hashes.length;
      if (rejected.length > 0 || count + records.length > MOST_IDS) isPossible = false;
      if (!isPossible) return;
      buffer.resize((count + records.length) * Float64Array.BYTES_PER_ELEMENT);
      for (const [index, { state }] of records.entries()) hashes[count + index] = hashOf(state.id);
    },
    /** Returns whether the proof holds. It is called once, after the last page. */
    holds: () => isPossible && hashes.sort().every((hash, index) => hash !== hashes[index + 1]),
  };
}

/**
 * The maximum number of records of a pass that can be proven. Their hashes take 80 MB. A longer pass is read
 * again.
 */
const MOST_IDS = 10_000_000;

/**
 * The proof for a pass that an earlier call began. It never holds, since the records of the first pages are
 * not known.
 */
export const NO_PROOF: ReturnType<typeof passProof> = { add: () => undefined, holds: () => false };

/**
 * Returns whether a first sync that took several calls is proven to be complete: no record was known when it
 * began, and it has read as many records as are known now, so no id came twice.
 */
export function isFirstSyncWhole(run: Run, { known, watermark, hasSetAside }: Checkpoint): boolean {
  const isFirst = run.mode === 'baseline' && watermark === null && run.pass === 1 && run.restarts === 0;
  return isFirst && run.knownAtStart === 0 && !hasSetAside && run.passRecords === known;
}

/** Returns two FNV-1a hashes of the id's UTF-16 code units, as one integer below 2^53. */
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
