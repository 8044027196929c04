import type { Integration, IntegrationId } from '../contract/integration.ts';
import type { LearningEvent } from '../contract/learning-events.ts';
import type { PollMessage } from '../contract/messages.ts';
import type { OperationalEvent } from '../contract/operational-events.ts';
import type { Probe } from './fleet/due.ts';
import type { Checkpoint, HeldChunk, Lease } from './state/checkpoint.ts';
import type { JournalEntry } from './state/journal-entry.ts';
import type { KnownProgression, ObservedProgression, Page, RejectedRecord } from './state/progression.ts';
import type { SetAside } from './state/set-aside.ts';

/** The machine's clock, in milliseconds since 1970. */
export type Clock = () => number;

/**
 * Kombo's API. Every call retries for a limited time and then throws one of the errors of `errors.ts`. If Kombo does not accept
 * the cursor, this is a `CursorRefusedError`.
 */
export type Kombo = {
  /**
   * One page of course progressions, including deleted ones. `updatedAfter` null: all course progressions.
   *
   * @param request.users Kombo's ids of learners: reads only their progressions, if the list fits into a request
   * @param request.courses Kombo's ids of courses (not of revisions); likewise
   */
  readPage(
    request: {
      integration: IntegrationId;
      updatedAfter: string | null;
      cursor: string | null;
      users?: string[];
      courses?: string[];
    },
    signal?: AbortSignal,
  ): Promise<Page>;
  /** The progressions with these ids that Kombo still has, including deleted ones. Any number of ids. */
  readByIds(
    integration: IntegrationId,
    ids: string[],
  ): Promise<{ records: ObservedProgression[]; rejected: RejectedRecord[] }>;
  /** Since when the integration's data is expired, or null. Also null if the details cannot be read. */
  readDataExpiredAt(integration: IntegrationId): Promise<string | null>;
};

/** `reason`: one line for a person, without content. */
export type UnreadableIntegration = { id: IntegrationId; reason: string };

export type LeaseResult =
  /** `fence`: the lease before was not released; its worker may still wake up. */
  | { taken: true; checkpoint: Checkpoint; lease: Lease; fence: boolean }
  /** Another worker holds the lease; the request to poll `again` was stored for it. */
  | { taken: false; until: string };

/**
 * The table. Reads are consistent. Each write is one conditional write of a single item. A write whose response was lost counts
 * as successful when the item shows it. Errors are those of `errors.ts`.
 */
export type Store = {
  readIntegration(id: IntegrationId): Promise<Integration | null>;
  /** All integrations. Unreadable ones are returned separately, so that they do not stop the others. */
  readIntegrations(): Promise<{ integrations: Integration[]; unreadable: UnreadableIntegration[] }>;
  /**
   * Replaces the stored settings by the result of `change`, which is called again if another writer was faster. Writes nothing
   * if the result is null or unchanged.
   *
   * @param change gets null when no settings are stored
   * @returns the stored settings
   */
  changeIntegration(
    id: IntegrationId,
    change: (stored: Integration | null) => Integration | null,
  ): Promise<Integration | null>;

  /** The checkpoint and its lease; null for an integration that was never polled. */
  readCheckpoint(id: IntegrationId): Promise<{ checkpoint: Checkpoint; lease: Lease | null } | null>;
  /** Many checkpoints at once, for an overview: not consistent, absent where never polled. */
  readCheckpoints(ids: IntegrationId[]): Promise<Map<IntegrationId, Checkpoint>>;
  /** Acquires the lease if it is free or expired at `now`, and clears `again`. Otherwise stores `again`. */
  takeLease(id: IntegrationId, lease: Lease, now: string): Promise<LeaseResult>;
  /**
   * Replaces the checkpoint, whose revision must be the one before `next.revision`, and renews the lease.
   * @throws LeaseLostError when the stored revision or the lease's owner differ
   */
  saveCheckpoint(next: Checkpoint, lease: Lease): Promise<void>;
  /**
   * Like `saveCheckpoint`, and releases the lease.
   * @returns whether another poll of the integration was requested meanwhile
   */
  releaseLease(next: Checkpoint, lease: Lease): Promise<{ again: boolean }>;

  /**
   * Known states by progression id; unknown ids are absent. Any number of ids.
   *
   * @param shown the records at Kombo: states that are the same can be read with less data
   */
  readKnown(
    integration: IntegrationId,
    ids: string[],
    shown?: ObservedProgression[],
  ): Promise<Map<string, KnownProgression>>;
  /**
   * @throws EntryTakenError when the number is taken by another writer
   */
  appendEntry(entry: JournalEntry): Promise<void>;
  readEntry(integration: IntegrationId, number: number): Promise<JournalEntry | null>;
  /**
   * For many integrations at once, the entry after the last one that the checkpoint counts, if there is one. For an overview:
   * not consistent.
   */
  readEntriesAfter(checkpoints: Pick<Checkpoint, 'integration' | 'entry'>[]): Promise<JournalEntry[]>;
  /** Entries in order of their numbers, from `from` on, up to and including `to`. */
  readEntries(integration: IntegrationId, from: number, to: number): AsyncIterable<JournalEntry>;
  /** Writes the entry's states, except where the stored state has a later entry number. */
  applyEntry(entry: JournalEntry): Promise<void>;

  /**
   * Stores a chunk of a count for as long as a journal entry.
   * @param at now
   * @returns its name, which is the same for the same content
   */
  writeHeldChunk(integration: IntegrationId, chunk: HeldChunk, at: string): Promise<string>;
  /** The chunks with these names, in order; chunks that retention removed are left out. */
  readHeldChunks(integration: IntegrationId, names: string[]): AsyncIterable<HeldChunk>;

  /** The last probe (`fleet/due.ts`); null without one, or if it is unreadable. */
  readProbe(): Promise<Probe | null>;
  writeProbe(probe: Probe): Promise<void>;

  /** Adds to the set-aside list: one item per kind and id. A later item replaces that of a status, otherwise the first stays. */
  setAside(integration: IntegrationId, items: SetAside[]): Promise<void>;
  readSetAside(integration: IntegrationId): Promise<SetAside[]>;
  removeSetAside(integration: IntegrationId, item: Pick<SetAside, 'kind' | 'id'>): Promise<void>;
};

/** The result for each event, by its index in the list. */
export type PublishResult = {
  accepted: number[];
  /** Refused for good, with EventBridge's reason. */
  refused: { index: number; reason: string }[];
  /** Why other events were neither accepted nor refused; null if there are none. */
  error: Error | null;
};

/** The event bus, with retries. Events of one progression are accepted in their order. */
export type Publisher = {
  publish(events: LearningEvent[]): Promise<PublishResult>;
  /** @throws TransientError or DeploymentError when it was not accepted */
  notify(event: OperationalEvent): Promise<void>;
};

/** A queue, by default the poll queue. @throws TransientError or DeploymentError when a message was not accepted */
export type Queue<Message = PollMessage> = {
  /** @param delayMs the messages become visible after this time, at most 15 minutes (a limit of SQS) */
  send(messages: Message[], delayMs?: number): Promise<void>;
};

/** A queue that can accept a part of many messages. */
export type BulkQueue<Message = PollMessage> = Queue<Message> & {
  /**
   * Sends as many messages as possible. Never throws.
   *
   * @returns how many were accepted, and why the others were not: TransientError, DeploymentError, or null
   */
  offer(messages: Message[]): Promise<{ taken: number; error: Error | null }>;
};

/** The settings of a deployment, for all its integrations. */
export type RunSettings = {
  overlapMs: number;
  learnerDetails: 'omit' | 'include';
  /** How long a lease lasts after it was last renewed. */
  leaseMs: number;
  /** The limit of suspect changes in 24 hours: a share of the known progressions, and at least this number. */
  surgeShare: number;
  surgeFloor: number;
  /** How long a reconciliation may run before the next incremental run. */
  reconcileSliceMs: number;
};

export type Ports = {
  kombo: Kombo;
  store: Store;
  publisher: Publisher;
  clock: Clock;
};
