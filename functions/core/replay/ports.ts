import type { EventCounts } from '../../contract/event-parts.ts';
import type { IntegrationId } from '../../contract/integration.ts';
import type { Clock, Ports } from '../ports.ts';
import type { JournalEntry } from '../state/journal-entry.ts';
import type { ReplayRecord } from './replay-record.ts';

export type EntryCounts = { number: number; detectedAt: string; byType: EventCounts };

/** The part of the table that only replays use, with the same guarantees as `Store`. */
export type ReplayStore = {
  /** Reads the first entry that retention has not removed. Returns null when the journal is empty. */
  readFirstEntry(integration: IntegrationId): Promise<JournalEntry | null>;
  /** Counts the events of the entries from `from` up to and including `to`, without reading the changes. */
  readEventCounts(integration: IntegrationId, from: number, to: number): AsyncIterable<EntryCounts>;
  /** @throws ReplayChangedError when the id is taken */
  createReplay(replay: ReplayRecord): Promise<void>;
  readReplay(integration: IntegrationId, id: string): Promise<ReplayRecord | null>;
  /** Reads all replays, the latest first. */
  readReplays(integration: IntegrationId): Promise<ReplayRecord[]>;
  /** @throws ReplayChangedError when the stored revision is not the one before `next.revision` */
  saveReplay(next: ReplayRecord): Promise<void>;
};

export type ReplayPorts = Ports & {
  replays: ReplayStore;
  /** For durations in milliseconds: `clock` may show the simulated time of the sandbox. */
  stopwatch: Clock;
  sleep(ms: number): Promise<void>;
};
