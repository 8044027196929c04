import type { PageHabits } from '../scenario.ts';
import type { SchoolRecord } from '../school/record.ts';
import type { School } from '../school/school.ts';
import type { Random } from '../world/random.ts';

/** The pages of Kombo's responses, in their order. A cursor is a position in this order. */
export type PageChains = {
  /**
   * Returns a page.
   *
   * @param cursor null for a first page
   * @throws CursorExpiredError for an unknown or expired cursor
   */
  page(request: { updatedAfter: number | null; cursor: string | null; size: number }): {
    records: SchoolRecord[];
    next: string | null;
  };
  /** Ends the pass of this cursor, so that all its cursors are expired. */
  expire(cursor: string): void;
  /** Prevents, from now on, that a row disappears or that a key moves without an update. */
  settle(): void;
};

export class CursorExpiredError extends Error {
  override readonly name = 'CursorExpiredError';
}

/** One pass over the pages, which starts with a first page. */
type Chain = {
  updatedAfter: number | null;
  /** A random number that determines the position of each record in the `random` order. */
  salt: number;
  matched: Set<string>;
  /** For each record that a page showed, this page and the shown version. */
  shown: Map<string, { page: number; version: number }>;
};

type Position = { page: number; offset: number; after: SortKey | null };
type SortKey = { rank: number; id: string };

export function pageChains(school: School, habits: PageHabits, random: Random): PageChains {
  const chains = new Map<string, Chain>();
  const cursors = new Map<string, { chainId: string; position: Position }>();
  let count = 0;
  let isSettled = false;

  const matches = ({ stamp }: SchoolRecord, updatedAfter: number | null) =>
    updatedAfter === null || (habits.isInclusive ? stamp >= updatedAfter : stamp > updatedAfter);

  const begin = (updatedAfter: number | null): { chainId: string; position: Position } => {
    const chainId = `chain${count++}`;
    const matching = [...school.records.values()].filter((record) => matches(record, updatedAfter));
    chains.set(chainId, {
      updatedAfter,
      salt: random.int(1, 1_000_000),
      matched: new Set(matching.map(({ id }) => id)),
      shown: new Map(),
    });
    return { chainId, position: { page: 0, offset: 0, after: null } };
  };

  const keyOf = (record: SchoolRecord, { salt }: Chain, page: number): SortKey => {
    switch (habits.order) {
      case 'updated':
        return { rank: record.stamp, id: record.id };
      case 'latest-first':
        return { rank: -record.stamp, id: record.id };
      case 'id':
        return { rank: 0, id: record.id };
      case 'random':
        return { rank: scatter(record.id, drifts(record, salt + page) ? salt + page : salt), id: record.id };
    }
  };

  const drifts = ({ id }: SchoolRecord, salt: number) =>
    !isSettled &&
    habits.drifts > 0 &&
    Math.abs(scatter(`${id} drifts`, salt)) % 1_000 < habits.drifts * 1_000;

  const vanish = () => {
    if (isSettled || habits.vanishes === 0 || school.records.size === 0 || !random.chance(habits.vanishes))
      return;
    school.records.delete(random.pick([...school.records.keys()]));
  };

  /**
   * Adds 1 to the `slips` of each record that the pass skipped: it matched when the pass began, and no page
   * of the pass showed its present version.
   */
  const countSlips = ({ matched, shown }: Chain) => {
    for (const id of matched) {
      const record = school.records.get(id);
      if (record !== undefined && shown.get(id)?.version !== record.version) record.slips++;
    }
  };

  return {
    page({ updatedAfter, cursor, size }) {
      const at = cursor === null ? begin(updatedAfter) : cursors.get(cursor);
      const chain = at && chains.get(at.chainId);
      if (at === undefined || chain === undefined) throw new CursorExpiredError();
      const { page, offset, after } = at.position;
      if (cursor !== null) vanish();
      // When a page is read again after a crash, this page and the later pages count as not shown, because
      // their records were not processed.
      for (const [id, shown] of chain.shown) if (shown.page >= page) chain.shown.delete(id);

      const sorted = [...school.records.values()]
        .filter((record) => matches(record, chain.updatedAfter))
        .map((record) => ({ record, key: keyOf(record, chain, page) }))
        .sort((a, b) => compareKeys(a.key, b.key));
      const rest =
        habits.cursors === 'offset'
          ? sorted.slice(offset)
          : sorted.filter(({ key }) => after === null || compareKeys(key, after) > 0);
      const isEmpty = rest.length > 0 && random.chance(0.03);
      const part = rest.slice(0, isEmpty ? 0 : size);
      for (const { record } of part) chain.shown.set(record.id, { page, version: record.version });

      const records = part.map(({ record }) => record);
      if (rest.length <= part.length) {
        countSlips(chain);
        return { records, next: null };
      }
      const next = `cursor${count++}.${random.int(1000, 9999)}`;
      const position = { page: page + 1, offset: offset + part.length, after: part.at(-1)?.key ?? after };
      cursors.set(next, { chainId: at.chainId, position });
      return { records, next };
    },
    settle() {
      isSettled = true;
    },
    expire(cursor) {
      const at = cursors.get(cursor);
      if (at !== undefined) chains.delete(at.chainId);
    },
  };
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (a.rank !== b.rank) return a.rank - b.rank;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function scatter(id: string, salt: number): number {
  let hash = salt;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hash;
}
