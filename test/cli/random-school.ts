import type { CommandKombo, PlainRecord } from '../support/sandbox-kombo.ts';

/**
 * Returns a generator of random numbers from 0 to below 1 (mulberry32). The same seed gives the same numbers.
 */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Advances the clock by an hour. In this hour, about 30 % of the progressions change, and three learners
 * enrol.
 */
export function liveAnHour(kombo: CommandKombo, random: () => number): void {
  kombo.now += 60 * 60 * 1000;
  const now = new Date(kombo.now).toISOString();
  for (const record of kombo.records()) {
    if (random() < 0.3) kombo.put(changed(record, now, random()));
  }
  const enrolled = kombo.records().length;
  for (let more = 0; more < 3; more += 1) {
    kombo.put({ id: `p${enrolled + more}`, status: 'ENROLLED', enrolledAt: now });
  }
}

/**
 * Returns the record after a change. `choice`, a number from 0 to below 1, selects the change. The date of a
 * removal or completion is the time of the change.
 */
function changed(record: PlainRecord, now: string, choice: number): PlainRecord {
  if (choice < 0.2) return { ...record, removedAt: record.removedAt ? null : now };
  if (choice < 0.5) return { ...record, status: 'IN_PROGRESS', completedAt: null };
  if (choice < 0.8) return { ...record, status: 'COMPLETED', completedAt: now };
  if (choice < 0.9) return { ...record, status: 'DROPPED', completedAt: null };
  return { ...record, status: 'ENROLLED', completedAt: null };
}
