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
 * Kombo's API. Every call retries for a limited time and then throws one of the errors of `errors.ts`. The
 * error is a `CursorRefusedError` if Kombo does not accept the cursor.
 */
export type Kombo = {
  /**
   * Reads one page of course progressions, including removed ones. A null `updatedAfter` requests all.
   *
   * @param request.users Kombo's ids of learners. Only their records are read if the ids fit into a request
   */
  readPage(
    request: {
      integration: IntegrationId;
      updatedAfter: string | null;
      cursor: string | null;
      users?: string[];
    },
    signal?: AbortSignal,
  ): Promise<Page>;
  /** Reads any number of progressions, including removed ones, without those that Kombo no longer has. */
  readByIds(
    integration: IntegrationId,
    ids: string[],
  ): Promise<{ records: ObservedProgression[]; rejected: RejectedRecord[] }>;
  /**
   * Returns the time since which Kombo marks the data as expired. Returns null for valid data, or if Kombo
   * does not return the integration's details, for example because the key may not read them.
   *
   * @throws RateLimitedError
   */
  readDataExpiredAt(integration: IntegrationId): Promise<string | null>;
};

/** `reason` is one line for a person, and contains no record contents. */
export type UnreadableIntegration = { id: IntegrationId; reason: string };

export type LeaseResult =
  /** `fence`: a fence is needed, because the previous lease expired and its worker may still continue. */
  | { taken: true; checkpoint: Checkpoint; fence: boolean }
  /** Another worker holds the lease until `until`, unless it renews it. */
  | { taken: false; until: string };

/**
 * The table. Reads are strongly consistent, except where a method says otherwise. Each write changes a single
 * item, and is conditional where several workers may write the item. If the response to a write is lost, the
 * write counts as successful when the stored item contains it. Errors are those of `errors.ts`.
 */
export type Store = {
  readIntegration(id: IntegrationId): Promise<Integration | null>;
  /** Unreadable settings are returned separately, so that the other integrations are still polled. */
  readIntegrations(): Promise<{ integrations: Integration[]; unreadable: UnreadableIntegration[] }>;
  /**
   * Replaces the stored settings by the result of `change`, which is called again if another writer has
   * written in between. Writes nothing if the result is null or unchanged. Returns the stored settings.
   */
  changeIntegration(
    id: IntegrationId,
    change: (stored: Integration | null) => Integration | null,
  ): Promise<Integration | null>;

  /** Reads the checkpoint and its lease. Returns null for an integration that was never polled. */
  readCheckpoint(id: IntegrationId): Promise<{ checkpoint: Checkpoint; lease: Lease | null } | null>;
  /** Eventually consistent. Unreadable checkpoints, and integrations that were never polled, are absent. */
  readCheckpoints(ids: IntegrationId[]): Promise<Map<IntegrationId, Checkpoint>>;
  /**
   * Acquires the lease if it is free or has expired at `now`, and deletes a stored request for another poll.
   * Otherwise stores such a request (`again`).
   */
  takeLease(id: IntegrationId, lease: Lease, now: string): Promise<LeaseResult>;
  /**
   * Replaces the checkpoint, whose revision must be the one before `next.revision`, and renews the lease.
   * @throws LeaseLostError when the stored revision or the lease's owner differ
   */
  saveCheckpoint(next: Checkpoint, lease: Lease): Promise<void>;
  /** Saves like `saveCheckpoint`, and releases the lease. `again`: another poll was requested meanwhile. */
  releaseLease(next: Checkpoint, lease: Lease): Promise<{ again: boolean }>;

  /**
   * Reads the known states, by progression id. Unknown ids are absent. Accepts any number of ids.
   *
   * @param shown the records that Kombo shows: known states that are equal to them are returned faster
   */
  readKnown(
    integration: IntegrationId,
    ids: string[],
    shown?: ObservedProgression[],
  ): Promise<Map<string, KnownProgression>>;
  /** @throws EntryTakenError when another writer has used the number */
  appendEntry(entry: JournalEntry): Promise<void>;
  readEntry(integration: IntegrationId, number: number): Promise<JournalEntry | null>;
  /**
   * For each checkpoint, reads the journal entry after its last one. An entry that does not exist or cannot be
   * parsed is left out. Eventually consistent: a new entry may be missing.
   */
  readEntriesAfter(checkpoints: Pick<Checkpoint, 'integration' | 'entry'>[]): Promise<JournalEntry[]>;
  /** Reads the entries from `from` up to and including `to`, in the order of their numbers or in reverse. */
  readEntries(
    integration: IntegrationId,
    from: number,
    to: number,
    order?: 'latest-first',
  ): AsyncIterable<JournalEntry>;
  /** Writes the entry's states, except where the stored state has a later entry number. */
  applyEntry(entry: JournalEntry): Promise<void>;

  /** Stores a chunk, which expires like an entry of the time `at`. Its content determines its name. */
  writeHeldChunk(integration: IntegrationId, chunk: HeldChunk, at: string): Promise<string>;
  /** Reads the chunks with these names, in order. Omits chunks that retention removed. */
  readHeldChunks(integration: IntegrationId, names: string[]): AsyncIterable<HeldChunk>;

  /** Reads the last probe (`fleet/due.ts`). Returns null if there is none or if it is unreadable. */
  readProbe(): Promise<Probe | null>;
  writeProbe(probe: Probe): Promise<void>;

  /** Adds items to the list, which has one item per kind and id. Only a status replaces an earlier item. */
  setAside(integration: IntegrationId, items: SetAside[]): Promise<void>;
  readSetAside(integration: IntegrationId): Promise<SetAside[]>;
  removeSetAside(integration: IntegrationId, item: Pick<SetAside, 'kind' | 'id'>): Promise<void>;
};

/** The results of the events, by their index in the list. */
export type PublishResult = {
  accepted: number[];
  /** The events that EventBridge refuses permanently, with EventBridge's reason for each. */
  refused: { index: number; reason: string }[];
  /** Why the remaining events were neither accepted nor refused; null if no event remains. */
  error: Error | null;
};

/** The event bus. It retries, and the events of each progression are accepted in their order. */
export type Publisher = {
  publish(events: LearningEvent[]): Promise<PublishResult>;
  /** @throws TransientError or DeploymentError when the bus did not accept the event */
  notify(event: OperationalEvent): Promise<void>;
};

export type Queue<Message = PollMessage> = {
  /**
   * @param delayMs the messages become visible after this time, at most 15 minutes (a limit of SQS)
   * @throws TransientError or DeploymentError when a message was not accepted
   */
  send(messages: Message[], delayMs?: number): Promise<void>;
};

/** A queue that may accept only a part of many messages. */
export type BulkQueue<Message = PollMessage> = Queue<Message> & {
  /**
   * Sends as many messages as possible. Never throws: `error` (a TransientError or DeploymentError) is why
   * the other messages were not accepted, or null.
   */
  offer(messages: Message[]): Promise<{ taken: number; error: Error | null }>;
};

/** The settings of a deployment, for all its integrations. */
export type RunSettings = {
  overlapMs: number;
  learnerDetails: 'omit' | 'include';
  leaseMs: number;
  /** The limit of suspect changes in 24 hours: this share of known progressions, at least `surgeFloor`. */
  surgeShare: number;
  surgeFloor: number;
  /** How long a poll may work on a reconciliation. The next poll starts with the incremental run again. */
  reconcileSliceMs: number;
};

export type Ports = {
  kombo: Kombo;
  store: Store;
  publisher: Publisher;
  clock: Clock;
};
