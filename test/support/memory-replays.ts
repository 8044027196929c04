import { eventsOfEntry } from '../../functions/core/decide/events-of-entry.ts';
import { ReplayChangedError } from '../../functions/core/errors.ts';
import type { ReplayStore } from '../../functions/core/replay/ports.ts';
import { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { countByType } from '../../functions/core/state/journal-entry.ts';
import type { MemoryStore } from './memory-store.ts';

/** Creates a store of replays in memory, to use with a store in memory. */
export function memoryReplays(store: Pick<MemoryStore, 'journal'>): ReplayStore {
  const records = new Map<string, ReplayRecord>();
  return {
    async readFirstEntry() {
      const [first] = [...store.journal.keys()].toSorted((a, b) => a - b);
      return structuredClone(store.journal.get(first ?? 0) ?? null);
    },
    async *readEventCounts(_integration, from, to) {
      for (let number = from; number <= to; number += 1) {
        const entry = store.journal.get(number);
        if (entry === undefined) continue;
        yield { number, detectedAt: entry.detectedAt, byType: countByType(eventsOfEntry(entry, null)) };
      }
    },
    async createReplay(replay) {
      if (records.has(replay.id)) throw new ReplayChangedError('there is one already');
      records.set(replay.id, ReplayRecord.parse(replay));
    },
    async readReplay(_integration, id) {
      return structuredClone(records.get(id) ?? null);
    },
    async readReplays() {
      return [...records.values()].toReversed();
    },
    async saveReplay(next) {
      if (records.get(next.id)?.revision !== next.revision - 1)
        throw new ReplayChangedError('another revision');
      records.set(next.id, ReplayRecord.parse(next));
    },
  };
}
