import type { Integration, IntegrationId } from '../contract/integration.ts';
import type { LearningEvent } from '../contract/learning-events.ts';
import type { PollMessage } from '../contract/messages.ts';
import type { OperationalEvent } from '../contract/operational-events.ts';
import type { Probe } from './fleet/due.ts';
import type { Checkpoint, HeldChunk, Lease } from './state/checkpoint.ts';
import type { JournalEntry } from './state/journal-entry.ts';
import type { KnownProgression, ObservedProgression, Page, RejectedRecord } from './state/progression.ts';
import type { SetAside } from './state/set-aside.ts';

/** The machine's clock, in milliseconds since 1970. Decides leases and back-off, never what is read from Kombo. */
export type Clock = () => number;

/**
 * Kombo's API. Every call retries by itself within its time and then throws one of the errors of `errors.ts`; a cursor
 * that Kombo does not take is a `CursorRefusedError`.
 */
export type Kombo = {
  /**
   * One page of course progressions, deleted ones included. `updatedAfter` null: all of them.
   *
   * @param request.users Kombo's ids of learners; only their progressions, if the list fits into a request
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
  /** The progressions with these ids, deleted ones included, as far as Kombo still has them; any number of ids. */
  readByIds(
    integration: IntegrationId,
    ids: string[],
  ): Promise<{ records: ObservedProgression[]; rejected: RejectedRecord[] }>;
  /** Since when the integration's data is not valid, or null. Null also when the details cannot be read. */
  readDataExpiredAt(integration: IntegrationId): Promise<string | null>;
};

/** `reason`: one line for a person, without content. */
export type UnreadableIntegration = { id: IntegrationId; reason: string };

export type LeaseResult =
  /** `fence`: the lease before was not given back; its worker may still wake up. */
  | { taken: true; checkpoint: Checkpoint; lease: Lease; fence: boolean }
  /** Another worker holds the lease; the request to poll `again` was stored for it. */
  | { taken: false; until: string };

/**
 * The table. Reads are consistent, each write is one conditional write of a single item, and a write whose answer was
 * lost counts as done when the item shows it. Errors are those of `errors.ts`.
 */
export type Store = {
  readIntegration(id: IntegrationId): Promise<Integration | null>;
  /** All of them. Those whose settings cannot be read come apart, so that the others are not stopped by them. */
  readIntegrations(): Promise<{ integrations: Integration[]; unreadable: UnreadableIntegration[] }>;
  /**
   * Replaces the settings by what `change` makes of those that are stored at that moment: it is called again when another
   * writer was faster. Writes nothing when it returns null or changes nothing.
   *
   * @param change gets null when there are none
   * @returns the settings that are stored then
   */
  changeIntegration(
    id: IntegrationId,
    change: (stored: Integration | null) => Integration | null,
  ): Promise<Integration | null>;

  /** The checkpoint and its lease, without taking it; null for an integration that was never polled. */
  readCheckpoint(id: IntegrationId): Promise<{ checkpoint: Checkpoint; lease: Lease | null } | null>;
  /** Many checkpoints at once, for an overview: not consistent, absent where never polled. */
  readCheckpoints(ids: IntegrationId[]): Promise<Map<IntegrationId, Checkpoint>>;
  /** Takes the lease when it is free or expired by `now`, and clears `again`; otherwise notes `again`. */
  takeLease(id: IntegrationId, lease: Lease, now: string): Promise<LeaseResult>;
  /**
   * Replaces the checkpoint, whose revision must be the one before `next.revision`, and renews the lease.
   * @throws LeaseLostError when the stored revision or the lease's owner differ
   */
  saveCheckpoint(next: Checkpoint, lease: Lease): Promise<void>;
  /**
   * Like `saveCheckpoint`, and gives the lease back.
   * @returns whether another poll of the integration was requested meanwhile
   */
  releaseLease(next: Checkpoint, lease: Lease): Promise<{ again: boolean }>;

  /**
   * Known states by progression id; ids without one are absent. Any number of ids.
   *
   * @param shown what Kombo shows of them: only makes it cheaper where that is what is known
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
   * The entries that checkpoints do not count yet, of many integrations at once, for an overview: not consistent, left out
   * where there is none.
   */
  readEntriesAfter(checkpoints: Pick<Checkpoint, 'integration' | 'entry'>[]): Promise<JournalEntry[]>;
  /** Entries in order of their numbers, from `from` on, up to and including `to`. */
  readEntries(integration: IntegrationId, from: number, to: number): AsyncIterable<JournalEntry>;
  /** Writes the entry's states where the stored state's entry number is older. */
  applyEntry(entry: JournalEntry): Promise<void>;

  /**
   * Keeps a part of what was counted for a hold, as long as a journal entry.
   * @param at now
   * @returns its name, which is the same for the same content
   */
  writeHeldChunk(integration: IntegrationId, chunk: HeldChunk, at: string): Promise<string>;
  /** The parts of these names in their order; those that retention removed are left out. */
  readHeldChunks(integration: IntegrationId, names: string[]): AsyncIterable<HeldChunk>;

  /** The last probe (`fleet/due.ts`); null when there was none, or when it cannot be read. */
  readProbe(): Promise<Probe | null>;
  writeProbe(probe: Probe): Promise<void>;

  /** Notes what could not be processed; the same kind and id once only, of a status the last. */
  setAside(integration: IntegrationId, items: SetAside[]): Promise<void>;
  readSetAside(integration: IntegrationId): Promise<SetAside[]>;
  removeSetAside(integration: IntegrationId, item: Pick<SetAside, 'kind' | 'id'>): Promise<void>;
};

/** What became of events handed to the publisher, each by its place in the list. */
export type PublishResult = {
  accepted: number[];
  /** Refused for good, with EventBridge's reason. */
  refused: { index: number; reason: string }[];
  /** What stopped the rest, which is neither accepted nor refused; null when there is no rest. */
  error: Error | null;
};

/** The event bus. Retries by itself; answers for every event. Events of one progression are accepted in their order. */
export type Publisher = {
  publish(events: LearningEvent[]): Promise<PublishResult>;
  /** @throws TransientError or DeploymentError when it was not accepted */
  notify(event: OperationalEvent): Promise<void>;
};

/** A queue: the poll queue, unless another message is named. @throws TransientError or DeploymentError when a message was not taken */
export type Queue<Message = PollMessage> = {
  /** @param delayMs nobody takes the messages before it is over, or before 15 minutes are where it is longer */
  send(messages: Message[], delayMs?: number): Promise<void>;
};

/** A queue for many messages, of which a part may be taken. */
export type BulkQueue<Message = PollMessage> = Queue<Message> & {
  /**
   * Sends every message that can be sent. Never throws.
   *
   * @returns how many were taken, and what kept the rest from it: TransientError, DeploymentError, or null without a rest
   */
  offer(messages: Message[]): Promise<{ taken: number; error: Error | null }>;
};

/** What a deployment decides for all its integrations. */
export type RunSettings = {
  overlapMs: number;
  learnerDetails: 'omit' | 'include';
  /** How long a worker may be silent before another takes over. */
  leaseMs: number;
  /** The share of known progressions, and the least number, that may change in a suspect way in 24 hours. */
  surgeShare: number;
  surgeFloor: number;
  /** How long a reconciliation may go on before the incremental run has its turn again. */
  reconcileSliceMs: number;
};

export type Ports = {
  kombo: Kombo;
  store: Store;
  publisher: Publisher;
  clock: Clock;
};
