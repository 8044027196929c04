import { CursorRefusedError } from '../../functions/core/errors.ts';
import type { Kombo } from '../../functions/core/ports.ts';
import type { ObservedProgression, RejectedRecord } from '../../functions/core/state/progression.ts';
import type { TestClock } from './test-clock.ts';

/** A record in Kombo, and the time of its last update there. */
export type Shown = { observed: ObservedProgression; updatedAt: number };

/**
 * A fake of Kombo's API with records that may change between two pages. A cursor is an index in the list of
 * shown records.
 */
export type FakeKombo = Kombo & {
  /** Returns the records in the order in which pages show them. */
  show: () => Shown[];
  /** How the platform handles `users`. A filter that the platform does not support matches no record. */
  filters: 'supported' | 'ignored' | 'unsupported';
  pageSize: number;
  /** How many milliseconds Kombo's clock is ahead of the machine's. */
  skewMs: number;
  dataExpiredAt: string | null;
  /** The rejected records, which are on the first page of each pass. */
  rejected: RejectedRecord[];
  /** The errors that the next reads of pages throw, one per read. With null, the read succeeds. */
  failures: (Error | null)[];
  /** How many of the next requests with a cursor are refused. */
  cursorsRefused: number;
  /** A function that is called before a page is returned. */
  beforePage: (request: PageRequest) => void;
  reads: PageRequest[];
  detailReads: number;
};

type PageRequest = {
  updatedAfter: string | null;
  cursor: string | null;
  users?: string[];
};

export function fakeKombo(clock: TestClock, show: () => Shown[]): FakeKombo {
  const kombo: FakeKombo = {
    show,
    filters: 'supported',
    pageSize: 100,
    skewMs: 0,
    dataExpiredAt: null,
    rejected: [],
    failures: [],
    cursorsRefused: 0,
    beforePage: () => undefined,
    reads: [],
    detailReads: 0,
    async readPage({ integration: _, ...request }) {
      const { updatedAfter, cursor } = request;
      kombo.reads.push(request);
      const failure = kombo.failures.shift() ?? null;
      if (failure !== null) throw failure;
      if (cursor !== null && kombo.cursorsRefused > 0) {
        kombo.cursorsRefused -= 1;
        throw new CursorRefusedError('the cursor is not taken');
      }
      kombo.beforePage(request);
      const since = updatedAfter === null ? Number.NEGATIVE_INFINITY : Date.parse(updatedAfter);
      const shown = kombo.show().filter((record) => record.updatedAt >= since && passes(record, request));
      const from = cursor === null ? 0 : Number(cursor.slice('at-'.length));
      const to = from + kombo.pageSize;
      return {
        records: shown
          .slice(from, to)
          .filter(({ observed }) => !kombo.rejected.some(({ id }) => id === observed.state.id))
          .map((record) => structuredClone(record.observed)),
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
  const passes = ({ observed: { learner } }: Shown, { users = [] }: PageRequest) => {
    if (kombo.filters === 'ignored' || users.length === 0) return true;
    return kombo.filters === 'supported' && users.includes(learner.id ?? '');
  };
  return kombo;
}
