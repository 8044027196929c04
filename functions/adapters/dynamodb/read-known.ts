import { KnownProgression } from '../../core/known-progression.ts';
import { batchGet } from './batch-get.ts';
import { progressionPlace } from './keys.ts';
import { decodeProgression } from './progression-content.ts';
import { type Item, parseStored, type Table } from './table.ts';

/** Known states by progression id, by consistent reads of 100 at a time. See `Store.readKnown`. */
export async function readKnown(
  table: Table,
  integration: string,
  ids: string[],
): Promise<Map<string, KnownProgression>> {
  const places = [...new Set(ids)].map((id) => progressionPlace(integration, id));
  const items = await batchGet(table, places, { consistent: true });
  return new Map(items.map((item) => parseProgression(integration, item)));
}

function parseProgression(integration: string, item: Item): [string, KnownProgression] {
  const id = item['sk']?.S ?? '';
  const known = parseStored(KnownProgression, progressionPlace(integration, id), () =>
    decodeProgression(id, Number(item['entry']?.N), item['content']?.S ?? ''),
  );
  return [id, known];
}
