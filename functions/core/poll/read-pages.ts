import { IntegrationError } from '../errors.ts';
import type { Kombo } from '../ports.ts';
import type { Run } from '../state/checkpoint.ts';
import type { Page } from '../state/progression.ts';

/**
 * Reads the pages of a run from a cursor on, each fetched while the one before it is processed. Leaving the loop cancels
 * the fetch under way. A page's error is thrown when the page is asked for, never earlier.
 *
 * @param mayFetchAhead asked before a page is fetched ahead of its time
 */
export async function* readPages(
  kombo: Kombo,
  request: Parameters<Kombo['readPage']>[0],
  mayFetchAhead: () => boolean,
): AsyncGenerator<Page, void, void> {
  const leaving = new AbortController();
  const fetchPage = (cursor: string | null) => kombo.readPage({ ...request, cursor }, leaving.signal);
  try {
    let page = await fetchPage(request.cursor);
    for (;;) {
      const { next } = page;
      const ahead = next !== null && mayFetchAhead() ? fetchPage(next) : null;
      ahead?.catch(() => undefined);
      yield page;
      if (next === null) return;
      page = await (ahead ?? fetchPage(next));
    }
  } finally {
    leaving.abort();
  }
}

/** 10 million records at 250 a page. */
const MAX_PAGES = 40_000;
const FULL_PAGE = 250;
/** Pages that a pass may have beyond what its records fill, many times over. */
const SPARE_PAGES = 1_000;
const PAGES_PER_FULL_PAGE = 20;

/** Kombo's pages do not come to an end: the run is given up, and begins anew the next time. */
export class EndlessPagesError extends IntegrationError {}

/**
 * Stops a pass whose pages go round in circles or without end. In constant memory: the next cursor is compared with the
 * present one and with an earlier one that is replaced at each power of two (Brent's cycle detection), so that any
 * circle is noticed within a few rounds.
 *
 * @throws EndlessPagesError
 */
export function refuseEndlessPages(
  run: Pick<Run, 'cursor' | 'mark' | 'passPages' | 'passRecords'>,
  next: string | null,
): void {
  if (next === null) return;
  if (next === run.cursor || next === run.mark?.cursor) {
    throw new EndlessPagesError(
      `Kombo gave the same page cursor twice (page ${run.passPages + 1} of the run): the pages go in circles. The run is given up; report it to Kombo.`,
    );
  }
  const expected = SPARE_PAGES + PAGES_PER_FULL_PAGE * Math.ceil(run.passRecords / FULL_PAGE);
  if (run.passPages >= Math.min(expected, MAX_PAGES)) {
    throw new EndlessPagesError(
      `Kombo gave ${run.passPages} pages with ${run.passRecords} records and still names a next one. The run is given up; report it to Kombo.`,
    );
  }
}
