import type { Checkpoint, Run } from '../state/checkpoint.ts';

/** The number of positions of the first table, a power of two. Each further table has twice as many. */
const FIRST_SIZE = 4_096;

/**
 * Creates the set of the progression ids that a pass has shown in this call. If no id comes twice, the pass
 * need not be repeated (decision 26 says why, and when this is not true). The set never misses an id that was
 * added. It can mistake a new id for one that was added, because it stores only 32 bits of a hash of each id:
 * in less than 1 % of all sets of a million ids. It needs 8 to 16 bytes per id, and grows without a copy.
 */
export function seenIds() {
  const fullTables: Uint32Array[] = [];
  let table = new Uint32Array(FIRST_SIZE);
  let free = FIRST_SIZE / 2;

  function isNew(id: string): boolean {
    const hashes = hashesOf(id);
    if (fullTables.some((full) => full[positionIn(full, hashes)] === hashes.mark)) return false;
    const position = positionIn(table, hashes);
    if (table[position] === hashes.mark) return false;
    table[position] = hashes.mark;
    free -= 1;
    if (free === 0) {
      fullTables.push(table);
      table = new Uint32Array(table.length * 2);
      free = table.length / 2;
    }
    return true;
  }

  return {
    /** Adds ids. Returns those that the set contained, and those that are repeated in `ids`. */
    add: (ids: string[]): string[] => ids.filter((id) => !isNew(id)),
  };
}

/** The search for an id begins at `start`. The table stores `mark`, which is never 0: 0 means empty. */
type Hashes = { start: number; mark: number };

/** Returns the position of an id's mark in a hash table, or the empty position at which it can be stored. */
function positionIn(table: Uint32Array, { start, mark }: Hashes): number {
  const last = table.length - 1;
  let position = start & last;
  while (table[position] !== 0 && table[position] !== mark) position = (position + 1) & last;
  return position;
}

/** Returns two hashes of the id's UTF-16 code units: FNV-1a, and a variant of it that is never 0. */
function hashesOf(id: string): Hashes {
  let start = 0x811c9dc5;
  let mark = 0x9747b28c;
  for (let index = 0; index < id.length; index += 1) {
    const unit = id.charCodeAt(index);
    start = Math.imul(start ^ unit, 0x01000193);
    mark = Math.imul(mark ^ unit, 0x85ebca6b);
    mark ^= mark >>> 13;
  }
  return { start, mark: mark >>> 0 || 1 };
}

/**
 * Returns whether a first sync that took several calls is proven to be complete: no record was known when it
 * began, and it has read as many records as are known now, so no id came twice. A record that is set aside
 * was read, but is not known.
 */
export function isFirstSyncWhole(run: Run, { known, watermark, hasSetAside }: Checkpoint): boolean {
  const isFirst = run.mode === 'baseline' && watermark === null && run.pass === 1 && run.restarts === 0;
  return isFirst && run.knownAtStart === 0 && !hasSetAside && run.passRecords === known;
}
