import { plural } from '../../contract/printable-text.ts';
import { IntegrationError } from '../errors.ts';
import type { Kombo } from '../ports.ts';
import type { Page } from '../state/progression.ts';
import { FIRST_POSITION, type PassPosition, positionAfter } from '../state/run-progress.ts';

/**
 * Reads the pages of a pass, from a position on. Each page is fetched while the page before it is processed.
 * If the caller leaves the loop, the fetch in progress is cancelled. The error of a page is thrown when the
 * caller asks for this page, never earlier.
 *
 * @param options.mayFetchAhead returns whether to fetch the next page ahead; by default, always
 * @throws EndlessPagesError when the pages do not end
 */
export async function* readPages(
  kombo: Pick<Kombo, 'readPage'>,
  request: Omit<Parameters<Kombo['readPage']>[0], 'cursor'>,
  options: { start?: PassPosition; mayFetchAhead?: () => boolean } = {},
): AsyncGenerator<Page, void, void> {
  const { start = FIRST_POSITION, mayFetchAhead = () => true } = options;
  const leaving = new AbortController();
  const fetchPage = (cursor: string | null) => kombo.readPage({ ...request, cursor }, leaving.signal);
  try {
    let position = start;
    let page = await fetchPage(position.cursor);
    for (;;) {
      const { next } = page;
      refuseEndlessPages(position, next);
      const ahead = next !== null && mayFetchAhead() ? fetchPage(next) : null;
      ahead?.catch(() => undefined);
      yield page;
      if (next === null) return;
      position = positionAfter(position, page);
      page = await (ahead ?? fetchPage(next));
    }
  } finally {
    leaving.abort();
  }
}

/** The maximum number of pages of a pass: enough for 10 million records at 250 records per page. */
const MAX_PAGES = 40_000;
const FULL_PAGE = 250;
/**
 * A pass may have this many pages without records. Each 250 records, or a part of them, allow 20 more: pages
 * with fewer than 13 of the requested 250 records (see `kombo.ts`) would be refused in a long pass.
 */
const SPARE_PAGES = 1_000;
const PAGES_PER_FULL_PAGE = 20;

/** Kombo's pages do not end. A run that fails with this error starts over with the next poll. */
export class EndlessPagesError extends IntegrationError {}

/**
 * Throws an EndlessPagesError if the pages of a pass repeat or do not end. Compares the next cursor with the
 * current one and with an earlier one, which is replaced at each power of two. This needs constant memory,
 * and finds a cycle of any length within a few rounds (Brent's cycle detection).
 */
function refuseEndlessPages(
  { cursor, mark, passPages, passRecords }: PassPosition,
  next: string | null,
): void {
  if (next === null) return;
  if (next === cursor || next === mark?.cursor) {
    throw new EndlessPagesError(
      `Kombo returned the same page cursor twice (page ${passPages + 1}): the pages repeat without end. Schoolbell stopped reading; report this to Kombo.`,
    );
  }
  const expected = SPARE_PAGES + PAGES_PER_FULL_PAGE * Math.ceil(passRecords / FULL_PAGE);
  if (passPages >= Math.min(expected, MAX_PAGES)) {
    throw new EndlessPagesError(
      `Kombo returned ${plural(passPages, 'page')} with ${plural(passRecords, 'record')}, and no page was the last one. Schoolbell stopped reading; report this to Kombo.`,
    );
  }
}
