import { describe, expect, test } from 'vitest';
import { EndlessPagesError, readPages } from '../../../functions/core/poll/read-pages.ts';
import type { Kombo } from '../../../functions/core/ports.ts';
import type { Page } from '../../../functions/core/state/progression.ts';
import { FIRST_POSITION } from '../../../functions/core/state/run-progress.ts';
import { observed } from '../../support/observed.ts';

const REQUEST = { integration: 'moodle:test', updatedAfter: null };

const page = (next: string | null): Page => ({
  records: [],
  rejected: [],
  next,
  servedAt: '2026-03-02T08:00:00.000Z',
});

/**
 * Creates a fake of Kombo that returns pages by cursor (`first` without a cursor) and records requests and
 * cancellations.
 */
function scripted(answers: Record<string, Page | Error>) {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  const kombo: Kombo = {
    async readPage({ cursor }, signal) {
      asked.push(cursor ?? 'first');
      if (signal !== undefined) signals.push(signal);
      const answer = answers[cursor ?? 'first'];
      if (answer === undefined) throw new Error('not in the script');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async readByIds() {
      return { records: [], rejected: [] };
    },
    async readDataExpiredAt() {
      return null;
    },
  };
  const pages = (mayFetchAhead: () => boolean, cursor: string | null = null) =>
    readPages(kombo, REQUEST, { start: { ...FIRST_POSITION, cursor }, mayFetchAhead });
  return { pages, asked, signals };
}

const three = { first: page('a'), a: page('b'), b: page(null) };

describe('pages', () => {
  test("Kombo's pages are read in order from the first page to the last", async () => {
    const { pages, asked } = scripted(three);
    const read: (string | null)[] = [];
    for await (const { next } of pages(() => true)) read.push(next);
    expect(read).toEqual(['a', 'b', null]);
    expect(asked).toEqual(['first', 'a', 'b']);
  });

  test("Kombo's pages are read from the given cursor to the last page", async () => {
    const { pages, asked } = scripted(three);
    for await (const _ of pages(() => true, 'a'));
    expect(asked).toEqual(['a', 'b']);
  });

  test('the next page is fetched while the page before it is processed', async () => {
    const { pages, asked } = scripted(three);
    const seen: number[] = [];
    for await (const _ of pages(() => true)) seen.push(asked.length);
    expect(seen).toEqual([2, 3, 3]);
  });

  test('when no time is left, the next page is fetched only when the caller asks for it', async () => {
    const { pages, asked } = scripted(three);
    const seen: number[] = [];
    for await (const _ of pages(() => false)) seen.push(asked.length);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('when the caller leaves the loop over the pages, the fetch in progress is cancelled', async () => {
    const { pages, signals } = scripted(three);
    for await (const _ of pages(() => true)) break;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('an error of a page that is fetched ahead', () => {
  const broken = { first: page('a'), a: new Error('broken') };

  test('the error of a page that was fetched ahead is thrown when the caller asks for the page', async () => {
    const { pages } = scripted(broken);
    const iterator = pages(() => true);
    expect((await iterator.next()).value).toEqual(page('a'));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await expect(iterator.next()).rejects.toThrow('broken');
  });

  test('the error of a page that was fetched ahead is ignored when the caller does not ask for the page', async () => {
    const { pages } = scripted(broken);
    for await (const _ of pages(() => true)) break;
    await new Promise<void>((resolve) => setImmediate(resolve));
  });
});

/**
 * Reads pages by their next cursors. Returns the number of pages, or this number as a negative number if the
 * pages were refused as endless.
 */
async function readAll(
  nextOf: (cursor: string | null, page: number) => string | null,
  recordsPerPage = 1,
): Promise<number> {
  const records = Array.from({ length: recordsPerPage }, () => observed());
  let asked = 0;
  const readPage: Kombo['readPage'] = async ({ cursor }) => {
    asked += 1;
    if (asked > 50_000) throw new Error('the pages were not refused');
    return { ...page(nextOf(cursor, asked - 1)), records };
  };
  let read = 0;
  try {
    for await (const _ of readPages({ readPage }, REQUEST)) read += 1;
    return read;
  } catch (error) {
    if (error instanceof EndlessPagesError) return -read;
    throw error;
  }
}

describe('pages that end', () => {
  test.each([1, 2, 3, 64, 1_000, 5_000])(
    'a run of %d pages with different cursors is accepted',
    async (count) => {
      expect(await readAll((_, page) => (page + 1 < count ? `c${page + 1}` : null), 250)).toBe(count);
    },
  );

  test('a run that gets hundreds of empty pages continues to the last page', async () => {
    expect(await readAll((_, page) => (page < 900 ? `c${page}` : null), 0)).toBe(901);
  });
});

describe('pages that repeat', () => {
  test('a run fails when the next cursor of a page equals the cursor of the page', async () => {
    expect(await readAll(() => 'same')).toBe(-1);
  });

  test.each([2, 3, 7, 64, 100])(
    'a run whose %d cursors repeat in a cycle fails after at most four cycles',
    async (length) => {
      const read = -(await readAll((_, page) => `c${page % length}`));
      expect(read).toBeGreaterThan(0);
      expect(read).toBeLessThanOrEqual(4 * length);
    },
  );

  test.each([1, 5, 50])(
    'a run is refused when its cursors begin to repeat after %d pages',
    async (stretch) => {
      const read = -(await readAll((_, page) => (page < stretch ? `s${page}` : `c${(page - stretch) % 6}`)));
      expect(read).toBeGreaterThan(0);
      expect(read).toBeLessThanOrEqual(4 * (stretch + 6));
    },
  );
});

test('a run is refused after 1,000 pages without records, even if all cursors differ', async () => {
  expect(await readAll((_, page) => `c${page}`, 0)).toBe(-1_000);
});

test('a run is refused after 40,000 pages, even if all pages have records and all cursors differ', async () => {
  expect(await readAll((_, page) => `c${page}`, 250)).toBe(-40_000);
});
