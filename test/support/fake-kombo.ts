import { CursorRefusedError } from '../../functions/core/errors.ts';
import type { ObservedProgression, RejectedRecord } from '../../functions/core/observed-progression.ts';
import type { Kombo } from '../../functions/core/ports.ts';
import type { TestClock } from './test-clock.ts';

/** A record that Kombo holds, and when it was last updated there. */
export type Shown = { observed: ObservedProgression; updatedAt: number };

/** Kombo's API over records that may change between two pages; a cursor is a place in the list. */
export type FakeKombo = Kombo & {
  /** The records, in the order in which pages show them. */
  show: () => Shown[];
  pageSize: number;
  /** How far Kombo's clock is ahead of the machine's. */
  skewMs: number;
  dataExpiredAt: string | null;
  /** Shown on the first page of each reading. */
  rejected: RejectedRecord[];
  /** Thrown by the next reads, one each; null: this read goes well. */
  failures: (Error | null)[];
  /** How many of the next requests with a cursor are refused. */
  cursorsRefused: number;
  /** Called before a page is answered. */
  beforePage: (request: PageRequest) => void;
  reads: PageRequest[];
  detailReads: number;
};

type PageRequest = { updatedAfter: string | null; cursor: string | null };

export function fakeKombo(clock: TestClock, show: () => Shown[]): FakeKombo {
  const kombo: FakeKombo = {
    show,
    pageSize: 100,
    skewMs: 0,
    dataExpiredAt: null,
    rejected: [],
    failures: [],
    cursorsRefused: 0,
    beforePage: () => undefined,
    reads: [],
    detailReads: 0,
    async readPage({ updatedAfter, cursor }) {
      kombo.reads.push({ updatedAfter, cursor });
      const failure = kombo.failures.shift() ?? null;
      if (failure !== null) throw failure;
      if (cursor !== null && kombo.cursorsRefused > 0) {
        kombo.cursorsRefused -= 1;
        throw new CursorRefusedError('the cursor is not taken');
      }
      kombo.beforePage({ updatedAfter, cursor });
      const since = updatedAfter === null ? Number.NEGATIVE_INFINITY : Date.parse(updatedAfter);
      const shown = kombo.show().filter((record) => record.updatedAt >= since);
      const from = cursor === null ? 0 : Number(cursor.slice('at-'.length));
      const to = from + kombo.pageSize;
      return {
        records: shown.slice(from, to).map((record) => structuredClone(record.observed)),
        rejected: cursor === null ? kombo.rejected : [],
        next: to < shown.length ? `at-${to}` : null,
        servedAt: new Date(Math.floor((clock.read() + kombo.skewMs) / 1000) * 1000).toISOString(),
      };
    },
    async readByIds(_integration, ids) {
      const records = kombo.show().filter(({ observed }) => ids.includes(observed.state.id));
      return { records: records.map(({ observed }) => structuredClone(observed)), rejected: [] };
    },
    async readDataExpiredAt() {
      kombo.detailReads += 1;
      return kombo.dataExpiredAt;
    },
  };
  return kombo;
}
