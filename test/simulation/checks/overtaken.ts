import type { PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { isConditionFailed } from '../../../functions/adapters/dynamodb/translate-errors.ts';
import type { Item } from '../table/attribute-values.ts';
import type { MemoryTable } from '../table/memory-table.ts';

/** The actions of workers after another worker had acquired their lease. */
export type Overtaken = {
  /**
   * The writes and events that a worker sent after another worker had acquired its lease. There must be none.
   */
  writes: string[];
  /**
   * The workers that have acquired the lease and then read the known states. After that, no earlier worker
   * may append an entry.
   */
  readers: Set<string>;
};

export function nobodyOvertaken(): Overtaken {
  return { writes: [], readers: new Set() };
}

/** Observes the calls of one process to the table. */
export type OvertakenWatch = {
  /**
   * Records a mistake if the process knows that another worker has the lease. It is called before a write is
   * sent.
   */
  sends(what: string): void;
  /** Records that this process has read the known states under its lease. */
  reads(): void;
  /** Observes a put of an item, or an update of the checkpoint, when it takes effect. */
  put<T>(input: PutItemCommandInput, effect: () => T): T;
  update<T>(input: UpdateItemCommandInput, effect: () => T): T;
  /**
   * Records that an update failed and that the process knows this. The update may have failed because an
   * earlier update of the same process had taken effect and its response was lost.
   */
  failed(input: UpdateItemCommandInput, error: unknown): void;
  /**
   * Records that the process has read an item. If an update of the process has failed, the process may now
   * know that another worker has the lease.
   */
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
      if (knowsOfIt) writes.push(`${name} ${what} although another worker had acquired the lease`);
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
        writes.push(
          `${name} appended an entry although another worker had acquired the lease and read the known states`,
        );
      }
      return result;
    },
    update(input, effect) {
      const wasOfAnother = isOfAnother(input);
      const result = effect();
      owner = input.ExpressionAttributeValues?.[':lease']?.M?.['owner']?.S ?? owner;
      if (wasOfAnother)
        writes.push(`${name} saved the checkpoint although another worker had acquired the lease`);
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

/** Returns whether an update saves the checkpoint, and does not acquire the lease. */
function isMove({ ExpressionAttributeValues: values }: UpdateItemCommandInput): boolean {
  return values?.[':before'] !== undefined;
}
