import { describe, expect, test } from 'vitest';
import { EndlessPagesError, refuseEndlessPages } from '../../../functions/core/poll/endless-pages.ts';
import { newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { afterPage, startRun } from '../../../functions/core/state/run-progress.ts';
import { observed } from '../../support/observed.ts';

const AT = '2026-03-02T08:00:00.000Z';

/** Reads pages by their next cursors until they end or are refused: how many were read. */
function readAll(nextOf: (cursor: string | null, page: number) => string | null, recordsPerPage = 1): number {
  const records = Array.from({ length: recordsPerPage }, () => observed());
  let run = startRun('incremental', AT, newCheckpoint('moodle:test'), AT);
  for (;;) {
    const next = nextOf(run.cursor, run.passPages);
    try {
      refuseEndlessPages(run, next);
    } catch (error) {
      if (error instanceof EndlessPagesError) return -run.passPages;
      throw error;
    }
    run = afterPage(run, { records, rejected: [], next, servedAt: AT }, false);
    if (run.cursor === null) return run.passPages;
  }
}

describe('pages that end', () => {
  test.each([1, 2, 3, 64, 1_000, 5_000])('are all read: %d of them', (count) => {
    expect(readAll((_, page) => (page + 1 < count ? `c${page + 1}` : null), 250)).toBe(count);
  });

  test('may be nearly empty, hundreds of them', () => {
    expect(readAll((_, page) => (page < 900 ? `c${page}` : null), 0)).toBe(901);
  });
});

describe('pages that go in circles', () => {
  test('of one are refused at once', () => {
    expect(readAll(() => 'same')).toBe(-1);
  });

  test.each([2, 3, 7, 64, 100])('of %d are refused within a few rounds', (length) => {
    const read = -readAll((_, page) => `c${page % length}`);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(4 * length);
  });

  test.each([1, 5, 50])('after a straight stretch of %d are refused', (stretch) => {
    const read = -readAll((_, page) => (page < stretch ? `s${page}` : `c${(page - stretch) % 6}`));
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThanOrEqual(4 * (stretch + 6));
  });
});

test('ever-new cursors on empty pages are refused after a thousand', () => {
  expect(readAll((_, page) => `c${page}`, 0)).toBe(-1_000);
});

test('ever-new cursors on full pages are refused in the end', () => {
  expect(readAll((_, page) => `c${page}`, 250)).toBe(-40_000);
});
