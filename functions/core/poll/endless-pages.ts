import { IntegrationError } from '../errors.ts';
import type { Run } from '../state/checkpoint.ts';

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
