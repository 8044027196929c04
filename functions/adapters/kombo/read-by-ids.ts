import type { IntegrationId } from '../../contract/integration-id.ts';
import { CursorRefusedError, IntegrationError, TransientError } from '../../core/errors.ts';
import type { ObservedProgression, Page, RejectedRecord } from '../../core/observed-progression.ts';
import { type CourseProgressionsRequest, readCourseProgressions } from './read-course-progressions.ts';
import type { SendRequest } from './requests.ts';

const MAX_IDS = 100;
/** Of a list of ids in a URL: servers take some 8,000 bytes of request line, and a character can need nine. */
const MAX_CHARACTERS = 4_000;
/** Many more pages than ids. */
const MAX_PAGES = 200;

type Found = { records: ObservedProgression[]; rejected: RejectedRecord[] };

/**
 * The progressions with these ids, deleted ones included, as far as Kombo still has them; each once. An id that no
 * filter can carry (empty, or with a comma) is not found.
 *
 * @throws IntegrationError when the pages go in circles or without end; otherwise like `readCourseProgressions`
 */
export async function readByIds(
  send: SendRequest,
  integration: IntegrationId,
  ids: string[],
  pageSize: number,
): Promise<Found> {
  const records = new Map<string, ObservedProgression>();
  const rejected = new Map<string, RejectedRecord>();
  for (const chunk of chunks(ids)) {
    const wanted = new Set(chunk);
    for await (const page of pages(send, { integration, ids: chunk, includeDeleted: true, pageSize })) {
      for (const record of page.records)
        if (wanted.has(record.state.id)) records.set(record.state.id, record);
      for (const record of page.rejected) if (wanted.has(record.id)) rejected.set(record.id, record);
    }
  }
  return { records: [...records.values()], rejected: [...rejected.values()] };
}

function* chunks(ids: string[]): Generator<string[]> {
  let chunk: string[] = [];
  let characters = 0;
  for (const id of new Set(ids)) {
    if (id === '' || id.includes(',')) continue;
    const length = encodeURIComponent(id.toWellFormed()).length + 3;
    if (chunk.length > 0 && (chunk.length === MAX_IDS || characters + length > MAX_CHARACTERS)) {
      yield chunk;
      chunk = [];
      characters = 0;
    }
    chunk.push(id);
    characters += length;
  }
  if (chunk.length > 0) yield chunk;
}

async function* pages(send: SendRequest, request: CourseProgressionsRequest): AsyncGenerator<Page> {
  const cursors = new Set<string>();
  let cursor: string | null = null;
  do {
    const page: Page = await readCourseProgressions(send, { ...request, cursor }).catch(refusedCursor);
    yield page;
    cursor = page.next;
    if (cursor !== null && (cursors.has(cursor) || cursors.size >= MAX_PAGES)) {
      throw new IntegrationError(
        `${request.integration}: Kombo's pages of ${request.ids?.length} ids do not come to an end. Report it to Kombo.`,
      );
    }
    if (cursor !== null) cursors.add(cursor);
  } while (cursor !== null);
}

/** So few pages are not worth continuing: the next run asks for the ids again. */
function refusedCursor(error: unknown): never {
  if (!(error instanceof CursorRefusedError)) throw error;
  throw new TransientError('Kombo refused its own page cursor while progressions were read by their ids.', {
    cause: error,
  });
}
