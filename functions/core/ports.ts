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
   * Reads one page of course progressions, including removed ones. If `updatedAfter` is null, reads all
   * course progressions.
   *
   * @param request.users Kombo's ids of learners: reads only their progressions, if the list fits into a
   *   request
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
  /**
   * Reads the progressions with these ids that Kombo still has, including removed ones. Accepts any number of
   * ids.
   */
  readByIds(
    integration: IntegrationId,
    ids: string[],
  ): Promise<{ records: ObservedProgression[]; rejected: RejectedRecord[] }>;
  /**
   * Returns the time since which Kombo marks the integration's data as expired, or null if the data is valid.
   * Also returns null if Kombo does not return the integration's details, for example because the key may not
   * read them.
   *
   * @throws RateLimitedError
   */
  readDataExpiredAt(integration: IntegrationId): Promise<string | null>;
};

/** `reason` is one line for a person, and contains no record contents. */
export type UnreadableIntegration = { id: IntegrationId; reason: string };

export type LeaseResult =
  /**
   * `fence`: whether the caller must append a fence, because the previous lease expired without being
   * released and its worker may still continue.
   */
  | { taken: true; checkpoint: Checkpoint; lease: Lease; fence: boolean }
  /**
   * Another worker holds the lease until `until` at the latest. The request for another poll (`again`) was
   * stored for that worker.
   */
  | { taken: false; until: string };

/**
 * The table. Reads are strongly consistent, except where a method says otherwise. Each write changes a single
 * item, and is conditional where several workers may write the item. If the response to a write is lost, the
 * write counts as successful when the stored item contains it. Errors are those of `errors.ts`.
 */
export type Store = {
  readIntegration(id: IntegrationId): Promise<Integration | null>;
  /**
   * Reads all integrations. Integrations with unreadable settings are returned separately, so that the
   * integrations with readable settings are still polled.
   */
  readIntegrations(): Promise<{ integrations: Integration[]; unreadable: UnreadableIntegration[] }>;
  /**
   * Replaces the stored settings by the result of `change`. Calls `change` again if another writer has
   * written in between. Writes nothing if the result is null or unchanged.
   *
   * @param change gets null when no settings are stored
   * @returns the stored settings, or null if there are none
   */
  changeIntegration(
    id: IntegrationId,
    change: (stored: Integration | null) => Integration | null,
  ): Promise<Integration | null>;

  /** Reads the checkpoint and its lease. Returns null for an integration that was never polled. */
  readCheckpoint(id: IntegrationId): Promise<{ checkpoint: Checkpoint; lease: Lease | null } | null>;
  /**
   * Reads many checkpoints for an overview. The reads are eventually consistent. The result has no checkpoint
   * for an integration that was never polled or whose checkpoint is unreadable.
   */
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
  /**
   * Replaces the checkpoint as `saveCheckpoint` does, but releases the lease instead of renewing it.
   *
   * @returns whether another poll of the integration was requested while the worker held the lease
   */
  releaseLease(next: Checkpoint, lease: Lease): Promise<{ again: boolean }>;

  /**
   * Reads the known states, by progression id. Unknown ids are absent. Accepts any number of ids.
   *
   * @param shown the records that Kombo shows: a known state that equals its record is not decoded, which is
   *   faster
   */
  readKnown(
    integration: IntegrationId,
    ids: string[],
    shown?: ObservedProgression[],
  ): Promise<Map<string, KnownProgression>>;
  /**
   * Appends an entry.
   *
   * @throws EntryTakenError when another writer has used the number
   */
  appendEntry(entry: JournalEntry): Promise<void>;
  readEntry(integration: IntegrationId, number: number): Promise<JournalEntry | null>;
  /**
   * Reads, for many integrations, the entry after the last one that the checkpoint counts, if this entry
   * exists and is readable. It is used for an overview, so the reads are eventually consistent.
   */
  readEntriesAfter(checkpoints: Pick<Checkpoint, 'integration' | 'entry'>[]): Promise<JournalEntry[]>;
  /**
   * Reads the entries from `from` up to and including `to`, in the order of their numbers.
   *
   * @param order `latest-first` reads them in the reverse order
   */
  readEntries(
    integration: IntegrationId,
    from: number,
    to: number,
    order?: 'latest-first',
  ): AsyncIterable<JournalEntry>;
  /** Writes the entry's states, except where the stored state has a later entry number. */
  applyEntry(entry: JournalEntry): Promise<void>;

  /**
   * Stores a chunk of a count. It expires like a journal entry.
   *
   * @param at the current time
   * @returns the chunk's name, which is the same for the same content
   */
  writeHeldChunk(integration: IntegrationId, chunk: HeldChunk, at: string): Promise<string>;
  /** Reads the chunks with these names, in order. Omits chunks that retention removed. */
  readHeldChunks(integration: IntegrationId, names: string[]): AsyncIterable<HeldChunk>;

  /** Reads the last probe (`fleet/due.ts`). Returns null if there is none or if it is unreadable. */
  readProbe(): Promise<Probe | null>;
  writeProbe(probe: Probe): Promise<void>;

  /**
   * Adds items to the set-aside list, which has one item per kind and id. A later item replaces an earlier
   * one only if it is a status. Otherwise, the earlier item stays.
   */
  setAside(integration: IntegrationId, items: SetAside[]): Promise<void>;
  readSetAside(integration: IntegrationId): Promise<SetAside[]>;
  removeSetAside(integration: IntegrationId, item: Pick<SetAside, 'kind' | 'id'>): Promise<void>;
};

/** The results of the events, by their index in the list. */
export type PublishResult = {
  accepted: number[];
  /** The events that EventBridge refuses permanently, with its reason. */
  refused: { index: number; reason: string }[];
  /** Why the remaining events were neither accepted nor refused; null if no event remains. */
  error: Error | null;
};

/** The event bus. It retries, and the events of each progression are accepted in their order. */
export type Publisher = {
  publish(events: LearningEvent[]): Promise<PublishResult>;
  /**
   * Publishes an event.
   *
   * @throws TransientError or DeploymentError when the bus did not accept it
   */
  notify(event: OperationalEvent): Promise<void>;
};

/**
 * A queue, by default the poll queue.
 *
 * @throws TransientError or DeploymentError when a message was not accepted
 */
export type Queue<Message = PollMessage> = {
  /**
   * Sends messages.
   *
   * @param delayMs the messages become visible after this time, at most 15 minutes (a limit of SQS)
   */
  send(messages: Message[], delayMs?: number): Promise<void>;
};

/** A queue that may accept only a part of many messages. */
export type BulkQueue<Message = PollMessage> = Queue<Message> & {
  /**
   * Sends as many messages as possible. Never throws.
   *
   * @returns how many messages were accepted, and why the other messages were not (TransientError or
   *   DeploymentError); the error is null if all messages were accepted
   */
  offer(messages: Message[]): Promise<{ taken: number; error: Error | null }>;
};

/** The settings of a deployment, for all its integrations. */
export type RunSettings = {
  overlapMs: number;
  learnerDetails: 'omit' | 'include';
  /** The duration of a lease after its last renewal, in milliseconds. */
  leaseMs: number;
  /**
   * The limit of suspect changes in 24 hours: this share of the known progressions, but not less than
   * `surgeFloor`.
   */
  surgeShare: number;
  surgeFloor: number;
  /**
   * How long one poll may work on a reconciliation, in milliseconds. The next poll starts with the
   * incremental run and then continues the reconciliation.
   */
  reconcileSliceMs: number;
};

export type Ports = {
  kombo: Kombo;
  store: Store;
  publisher: Publisher;
  clock: Clock;
};
