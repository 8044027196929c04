import { createHash } from 'node:crypto';
import { Integration } from '../../functions/contract/integration.ts';
import { EntryTakenError, LeaseLostError } from '../../functions/core/errors.ts';
import { Probe } from '../../functions/core/fleet/due.ts';
import type { Store } from '../../functions/core/ports.ts';
import { Checkpoint, type HeldChunk, Lease, newCheckpoint } from '../../functions/core/state/checkpoint.ts';
import { JournalEntry, knownAfter } from '../../functions/core/state/journal-entry.ts';
import { KnownProgression } from '../../functions/core/state/progression.ts';
import { SetAside } from '../../functions/core/state/set-aside.ts';

/** A table in memory for one integration. It guarantees exactly what the port promises. */
export type MemoryStore = Store & {
  /** The names of the calls, in order. */
  calls: string[];
  /** All data that was passed to be written, as JSON. */
  written: string[];
  /** The number of progression states that were written. */
  progressionWrites: number;
  journal: Map<number, JournalEntry>;
  known: Map<string, KnownProgression>;
  aside: SetAside[];
  chunks: Map<string, HeldChunk>;
  place(): Place;
  /** Stores a checkpoint without a lease. */
  putCheckpoint(checkpoint: Checkpoint): void;
};

type Place = { checkpoint: Checkpoint; lease: Lease | null; again: boolean };

export function memoryStore(integration: string): MemoryStore {
  const calls: string[] = [];
  const written: string[] = [];
  const journal = new Map<number, JournalEntry>();
  const known = new Map<string, KnownProgression>();
  const integrations = new Map<string, Integration>();
  const aside: SetAside[] = [];
  const chunks = new Map<string, HeldChunk>();
  let place: Place | null = null;
  let probe: Probe | null = null;

  const called = (call: string, ...values: unknown[]) => {
    calls.push(call);
    if (values.length > 0) written.push(JSON.stringify(values));
  };
  const now = () => place ?? { checkpoint: newCheckpoint(integration), lease: null, again: false };
  const mustHold = (next: Checkpoint, lease: Lease) => {
    if (now().lease?.owner !== lease.owner) throw new LeaseLostError('another owner');
    if (now().checkpoint.revision !== next.revision - 1) throw new LeaseLostError('another revision');
  };

  const store: MemoryStore = {
    calls,
    written,
    progressionWrites: 0,
    journal,
    known,
    aside,
    chunks,
    place: now,
    putCheckpoint(checkpoint) {
      place = { checkpoint: Checkpoint.parse(checkpoint), lease: null, again: false };
    },
    async readIntegration(id) {
      return integrations.get(id) ?? null;
    },
    async readIntegrations() {
      return { integrations: [...integrations.values()], unreadable: [] };
    },
    async changeIntegration(id, change) {
      const next = change(integrations.get(id) ?? null);
      called('changeIntegration', next);
      if (next !== null) integrations.set(id, Integration.parse(next));
      return integrations.get(id) ?? null;
    },
    async readCheckpoint() {
      return place;
    },
    async readCheckpoints() {
      return new Map(place === null ? [] : [[integration, place.checkpoint]]);
    },
    async takeLease(_id, lease, at) {
      called('takeLease', lease);
      const before = now();
      if (before.lease !== null && Date.parse(before.lease.until) > Date.parse(at)) {
        place = { ...before, again: true };
        return { taken: false, until: before.lease.until };
      }
      place = { checkpoint: before.checkpoint, lease: Lease.parse(lease), again: false };
      const checkpoint = structuredClone(before.checkpoint);
      return { taken: true, checkpoint, fence: before.lease !== null };
    },
    async saveCheckpoint(next, lease) {
      called('saveCheckpoint', next, lease);
      mustHold(next, lease);
      place = { checkpoint: Checkpoint.parse(next), lease: Lease.parse(lease), again: now().again };
    },
    async releaseLease(next, lease) {
      called('releaseLease', next, lease);
      mustHold(next, lease);
      const { again } = now();
      place = { checkpoint: Checkpoint.parse(next), lease: null, again };
      return { again };
    },
    async readKnown(_id, ids) {
      called('readKnown');
      return new Map(
        ids.flatMap((id) => {
          const value = known.get(id);
          return value === undefined ? [] : [[id, structuredClone(value)]];
        }),
      );
    },
    async appendEntry(entry) {
      called('appendEntry', entry);
      const there = journal.get(entry.number);
      if (there === undefined) journal.set(entry.number, JournalEntry.parse(entry));
      else if (there.writer !== entry.writer) throw new EntryTakenError(`entry ${entry.number} is taken`);
    },
    async readEntry(_id, number) {
      called('readEntry');
      return structuredClone(journal.get(number) ?? null);
    },
    async readEntriesAfter(checkpoints) {
      return checkpoints.flatMap(({ entry }) => structuredClone(journal.get(entry + 1)) ?? []);
    },
    async *readEntries(_id, from, to, order) {
      const entries = [...journal.values()].filter(({ number }) => number >= from && number <= to);
      const sorted = entries.toSorted((a, b) => a.number - b.number);
      yield* structuredClone(order === 'latest-first' ? sorted.toReversed() : sorted);
    },
    async applyEntry(entry) {
      const last = new Map(
        entry.changes.map((change) => [change.state.id, knownAfter(change, entry.number)]),
      );
      called('applyEntry', [...last.values()]);
      for (const [id, value] of last) {
        if ((known.get(id)?.entry ?? 0) >= entry.number) continue;
        known.set(id, KnownProgression.parse(value));
        store.progressionWrites += 1;
      }
    },
    async writeHeldChunk(_id, chunk) {
      const name = createHash('sha256')
        .update(chunk.fingerprints)
        .update(JSON.stringify(chunk.courses))
        .digest('hex');
      called('writeHeldChunk', name, chunk.courses);
      chunks.set(name, structuredClone(chunk));
      return name;
    },
    async *readHeldChunks(_id, names) {
      for (const name of names) {
        const chunk = chunks.get(name);
        if (chunk !== undefined) yield structuredClone(chunk);
      }
    },
    async readProbe() {
      return probe;
    },
    async writeProbe(next) {
      called('writeProbe', next);
      probe = Probe.parse(next);
    },
    async setAside(_id, items) {
      called('setAside', items);
      for (const item of items) {
        const at = aside.findIndex(({ kind, id }) => kind === item.kind && id === item.id);
        if (at < 0) aside.push(SetAside.parse(item));
        else if (item.kind === 'status') aside[at] = SetAside.parse(item);
      }
    },
    async readSetAside() {
      return [...aside];
    },
    async removeSetAside(_id, item) {
      const at = aside.findIndex(({ kind, id }) => kind === item.kind && id === item.id);
      if (at >= 0) aside.splice(at, 1);
    },
  };
  return store;
}
