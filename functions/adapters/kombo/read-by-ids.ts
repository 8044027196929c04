import { CursorRefusedError, IntegrationError, TransientError } from '../../core/errors.ts';
import type { ObservedProgression, Page, RejectedRecord } from '../../core/state/progression.ts';
import type { KomboClient } from './client.ts';
import { readCourseProgressions } from './course-progressions.ts';

const IDS_AT_ONCE = 100;
/** Of the address's part with the ids: some servers refuse an address of 4 KB. */
const LETTERS_AT_ONCE = 3_500;

const COMPLAINT = 'Kombo gives pages without end when asked for records by their ids (report it to Kombo)';

type Found = { records: ObservedProgression[]; rejected: RejectedRecord[] };

/**
 * The progressions with these ids, removed ones included, as far as Kombo still has them.
 *
 * @throws the errors of `core/errors.ts`, but no `CursorRefusedError`: the caller knows of no cursor
 */
export async function readByIds(
  client: KomboClient,
  integration: string,
  ids: string[],
  pageSize: number,
): Promise<Found> {
  const found: Found = { records: [], rejected: [] };
  for (const chunk of chunksOf([...new Set(ids)])) {
    const asked = new Set(chunk);
    for await (const page of pagesOf(client, integration, chunk, pageSize)) {
      // A server that knows no such filter shows everything it has.
      found.records.push(...page.records.filter(({ state }) => asked.has(state.id)));
      found.rejected.push(...page.rejected.filter(({ id }) => asked.has(id)));
    }
  }
  return found;
}

async function* pagesOf(client: KomboClient, integration: string, ids: string[], pageSize: number) {
  const query = { page_size: pageSize, include_deleted: 'true', ids: ids.join(',') } as const;
  const cursors = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Page = await readCourseProgressions(
      client,
      integration,
      cursor === null ? query : { ...query, cursor },
    ).catch(refuseCursor);
    yield page;
    cursor = page.next;
    if (cursor === null) return;
    if (cursors.has(cursor)) throw new IntegrationError(`${COMPLAINT}: the page cursor repeats`);
    cursors.add(cursor);
  } while (cursors.size <= ids.length);
  throw new IntegrationError(`${COMPLAINT}: there are more pages than the ${ids.length} ids asked for`);
}

function refuseCursor(error: unknown): never {
  if (!(error instanceof CursorRefusedError)) throw error;
  throw new TransientError(
    'Kombo refused the cursor of a page that it had just named: it is tried again later',
    { cause: error },
  );
}

function* chunksOf(ids: string[]): Generator<string[]> {
  let chunk: string[] = [];
  let letters = 0;
  for (const id of ids) {
    const more = encodeURIComponent(`${id},`).length;
    if (chunk.length === IDS_AT_ONCE || (chunk.length > 0 && letters + more > LETTERS_AT_ONCE)) {
      yield chunk;
      chunk = [];
      letters = 0;
    }
    chunk.push(id);
    letters += more;
  }
  if (chunk.length > 0) yield chunk;
}
