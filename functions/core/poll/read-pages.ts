import type { Kombo } from '../ports.ts';
import type { Page } from '../state/observed-progression.ts';

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
