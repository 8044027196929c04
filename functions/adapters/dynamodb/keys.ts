import { createHash } from 'node:crypto';
import type { IntegrationId } from '../../contract/integration.ts';
import type { SetAside } from '../../core/state/set-aside.ts';
import type { ItemKey } from './table.ts';

/**
 * No key may change once a table has items. An integration id contains no slash, so the partitions of two
 * integrations differ. The settings of all integrations share one partition, so that one query lists them.
 */
export const INTEGRATIONS = 'integrations';

export function integrationKey(id: IntegrationId): ItemKey {
  return { pk: INTEGRATIONS, sk: id };
}

export const PROBE: ItemKey = { pk: 'fleet', sk: 'probe' };

export function checkpointKey(id: IntegrationId): ItemKey {
  return { pk: `integration/${id}`, sk: 'checkpoint' };
}

export function journalKey(id: IntegrationId, number: number): ItemKey {
  return { pk: `journal/${id}`, sk: String(number).padStart(12, '0') };
}

export function heldChunkKey(id: IntegrationId, name: string): ItemKey {
  return { pk: `held/${id}`, sk: name };
}

export function setAsidePartition(id: IntegrationId): string {
  return `set-aside/${id}`;
}

/** An invalid record may have an id of any length. DynamoDB allows 1,024 bytes for a sort key. */
export function setAsideKey(id: IntegrationId, item: Pick<SetAside, 'kind' | 'id'>): ItemKey {
  const isLong = Buffer.byteLength(item.id) > 512;
  const name = isLong ? `sha256:${createHash('sha256').update(item.id).digest('hex')}` : item.id;
  return { pk: setAsidePartition(id), sk: `${item.kind}/${name}` };
}

/** The partitions of an integration's progressions. Each allows 1,000 write and 3,000 read units a second. */
const SHARDS = 16;

export function progressionKey(id: IntegrationId, progression: string): ItemKey {
  return { pk: `progressions/${id}/${progressionShard(progression)}`, sk: progression };
}

/** Returns 0 to 15: the 32-bit FNV-1a hash of the id's UTF-16 units, modulo 16. */
export function progressionShard(progression: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < progression.length; at += 1) {
    hash = Math.imul(hash ^ progression.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) % SHARDS;
}

export function replaysPartition(id: IntegrationId): string {
  return `replays/${id}`;
}

export function replayKey(id: IntegrationId, replay: string): ItemKey {
  return { pk: replaysPartition(id), sk: replay };
}
