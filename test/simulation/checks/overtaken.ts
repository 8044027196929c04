import type { PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { isConditionFailed } from '../../../functions/adapters/dynamodb/translate-errors.ts';
import type { Item } from '../table/attribute-values.ts';
import type { MemoryTable } from '../table/memory-table.ts';

/** Checks workers after another worker acquired their lease. */
export type Overtaken = {
  /** Writes and events that these workers should not have sent. */
  writes: string[];
  /**
   * The worker that has acquired the lease and read the known states. After that, no other worker may append
   * an entry.
   */
  readers: Set<string>;
};

export function nobodyOvertaken(): Overtaken {
  return { writes: [], readers: new Set() };
}

/** Observes the calls of one process to the table. */
export type OvertakenWatch = {
  /** A write is about to be sent. */
  sends(what: string): void;
  /** The known states are being read. */
  reads(): void;
  /** An item is being put, or the checkpoint is updated, at the moment when this takes effect. */
  put<T>(input: PutItemCommandInput, effect: () => T): T;
  update<T>(input: UpdateItemCommandInput, effect: () => T): T;
  /**
   * An update failed and the process knows it. The conflict may be with its own earlier update, whose
   * response was lost.
   */
  failed(input: UpdateItemCommandInput, error: unknown): void;
  /** An item is being read: a worker whose update failed now knows the reason. */
  looks(item: Item | undefined): void;
};

export function overtakenWatch(
  name: string,
  { table, overtaken: { writes, readers } }: { table: MemoryTable; overtaken: Overtaken },
): OvertakenWatch {
  let owner: string | undefined;
  let suspectsIt = false;
  let knowsOfIt = false;

  const holderOf = (key: Item | undefined) => table.get(key ?? {})?.['lease']?.M?.['owner']?.S;
  const isOfAnother = (input: UpdateItemCommandInput) => {
    const holder = holderOf(input.Key);
    return isMove(input) && holder !== undefined && holder !== input.ExpressionAttributeValues?.[':owner']?.S;
  };

  return {
    sends(what) {
      if (knowsOfIt) writes.push(`${name} ${what}, though another has taken over`);
    },
    reads() {
      if (owner !== undefined) readers.add(owner);
    },
    put(input, effect) {
      const result = effect();
      const [kind, integration] = input.Item?.['pk']?.S?.split('/') ?? [];
      if (kind !== 'journal') return result;
      const holder = holderOf({ pk: { S: `integration/${integration}` }, sk: { S: 'checkpoint' } });
      if (holder !== undefined && holder !== owner && readers.has(holder)) {
        writes.push(`${name} appended an entry, though another has read what is known without it`);
      }
      return result;
    },
    update(input, effect) {
      const wasOfAnother = isOfAnother(input);
      const result = effect();
      owner = input.ExpressionAttributeValues?.[':lease']?.M?.['owner']?.S ?? owner;
      if (wasOfAnother) writes.push(`${name} moved the checkpoint, though another has taken over`);
      return result;
    },
    failed(input, error) {
      if (isConditionFailed(error) && isOfAnother(input)) suspectsIt = true;
    },
    looks(item) {
      const isCheckpoint = item?.['revision'] !== undefined;
      if (suspectsIt && isCheckpoint && item?.['lease']?.M?.['owner']?.S !== owner) knowsOfIt = true;
    },
  };
}

/** A save of the checkpoint, not an acquisition of the lease. */
function isMove({ ExpressionAttributeValues: values }: UpdateItemCommandInput): boolean {
  return values?.[':before'] !== undefined;
}
