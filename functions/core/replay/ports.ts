import type { IntegrationId } from '../../contract/integration.ts';
import type { Clock, Ports } from '../ports.ts';
import type { JournalEntry } from '../state/journal-entry.ts';
import type { ReplayRecord } from './replay-record.ts';

/** The part of the table that only replays use. Reads and writes are as in `Store`. */
export type ReplayStore = {
  /** The entry with the lowest number that retention has not removed, or null when the journal is empty. */
  readFirstEntry(integration: IntegrationId): Promise<JournalEntry | null>;
  /** @throws ReplayChangedError when the id is taken */
  createReplay(replay: ReplayRecord): Promise<void>;
  readReplay(integration: IntegrationId, id: string): Promise<ReplayRecord | null>;
  /** The latest first. */
  readReplays(integration: IntegrationId): Promise<ReplayRecord[]>;
  /**
   * Replaces the record, whose revision must be the one before `next.revision`.
   * @throws ReplayChangedError when it is not
   */
  saveReplay(next: ReplayRecord): Promise<void>;
};

/** What a replay needs. */
export type ReplayPorts = Ports & {
  replays: ReplayStore;
  /** Measures time, in milliseconds: the clock may be that of a simulated school. */
  stopwatch: Clock;
  /** Waits `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
};
