import { KnownProgression, type ObservedProgression } from '../../core/state/progression.ts';
import { batchGet } from './batch-get.ts';
import { progressionKey } from './keys.ts';
import { decodeProgression, encodeProgression } from './progression-content.ts';
import { type Item, parseStored, type Table } from './table.ts';

/** Known states by progression id, by consistent reads of 100 at a time. See `Store.readKnown`. */
export async function readKnown(
  table: Table,
  integration: string,
  ids: string[],
  shown: ObservedProgression[] = [],
): Promise<Map<string, KnownProgression>> {
  const places = [...new Set(ids)].map((id) => progressionKey(integration, id));
  const items = await batchGet(table, places, { consistent: true });
  const shownById = new Map(shown.map((record) => [record.state.id, record]));
  return new Map(
    items.map((item) => {
      const id = item['sk']?.S ?? '';
      return [id, sameAsShown(item, shownById.get(id)) ?? parseProgression(integration, id, item)];
    }),
  );
}

/**
 * What is known, where it is what Kombo shows, as nearly always: then writing the record as it would be stored tells so in
 * a quarter of the time that decoding and checking what is stored takes.
 */
function sameAsShown(item: Item, shown: ObservedProgression | undefined): KnownProgression | null {
  if (shown === undefined) return null;
  const { state, learner, course, erased } = shown;
  // Such a record was removed at first sight: it is decoded.
  const unpublishedRemoval = null;
  const { id, remoteId, revisionId, revisionRemoteId } = course;
  const entry = Number(item['entry']?.N);
  const known = {
    state,
    learner,
    course: { id, remoteId, revisionId, revisionRemoteId },
    erased,
    discarded: null,
    unpublishedRemoval,
    entry,
  };
  const isSame = item['content']?.S === encodeProgression(known) && Number.isSafeInteger(entry) && entry > 0;
  return isSame ? known : null;
}

function parseProgression(integration: string, id: string, item: Item): KnownProgression {
  return parseStored(KnownProgression, progressionKey(integration, id), () =>
    decodeProgression(id, Number(item['entry']?.N), item['content']?.S ?? ''),
  );
}
