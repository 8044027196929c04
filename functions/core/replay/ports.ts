import type { EventCounts } from '../../contract/event-parts.ts';
import type { IntegrationId } from '../../contract/integration.ts';
import type { Clock, Ports } from '../ports.ts';
import type { JournalEntry } from '../state/journal-entry.ts';
import type { ReplayRecord } from './replay-record.ts';

/** The number of events of each type in a journal entry. */
export type EntryCounts = { number: number; detectedAt: string; byType: EventCounts };

/**
 * The part of the table that only replays use. Reads and writes have the same guarantees as those of `Store`.
 */
export type ReplayStore = {
  /**
   * Reads the entry with the lowest number that retention has not removed. Returns null when the journal is
   * empty.
   */
  readFirstEntry(integration: IntegrationId): Promise<JournalEntry | null>;
  /**
   * Reads the number of events of each type in the entries from `from` up to and including `to`, in the order
   * of their numbers. Does not read the changes.
   */
  readEventCounts(integration: IntegrationId, from: number, to: number): AsyncIterable<EntryCounts>;
  /**
   * Stores a new replay.
   *
   * @throws ReplayChangedError when the id is taken
   */
  createReplay(replay: ReplayRecord): Promise<void>;
  readReplay(integration: IntegrationId, id: string): Promise<ReplayRecord | null>;
  /** Reads all replays, the latest first. */
  readReplays(integration: IntegrationId): Promise<ReplayRecord[]>;
  /**
   * Replaces the record, whose revision must be the one before `next.revision`.
   * @throws ReplayChangedError when it has another revision
   */
  saveReplay(next: ReplayRecord): Promise<void>;
};

/** The ports that a replay needs. */
export type ReplayPorts = Ports & {
  replays: ReplayStore;
  /**
   * Measures durations in milliseconds. It is not the clock, which may show the simulated time of the
   * sandbox.
   */
  stopwatch: Clock;
  /** Waits `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
};
