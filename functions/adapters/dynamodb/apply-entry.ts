import type { BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import pRetry from 'p-retry';
import { TransientError } from '../../core/errors.ts';
import { type JournalEntry, knownAfter } from '../../core/state/journal-entry.ts';
import type { KnownProgression } from '../../core/state/progression.ts';
import { RETRY } from './batch-get.ts';
import { progressionItem } from './known-progressions.ts';
import type { Table } from './table.ts';
import { statementError } from './translate-errors.ts';

/**
 * What one BatchExecuteStatement takes.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html
 */
const BATCH = 25;

/** A page of 200 records is written at once. Below the 50 connections of the AWS client, which also renews the lease. */
const BATCHES_AT_ONCE = 8;

/**
 * One progression to write. A statement inserts where nothing is stored, or updates where an older entry is: `first` is the
 * one that is expected to succeed. `isSecond`: that one found the opposite, and the other is being tried.
 */
type Write = { known: KnownProgression; first: 'insert' | 'update'; isSecond: boolean };

/** Failed for now: the same statement is sent again. */
const BUSY = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/**
 * Writes what is known after an entry, by conditional statements, each of which succeeds or fails alone; of a progression that
 * the entry changes twice, the last state. See `Store.applyEntry`.
 *
 * @throws TransientError when DynamoDB stays too busy for some of them
 */
export async function applyEntry(
  table: Table,
  { integration, number, changes }: JournalEntry,
): Promise<void> {
  const writes = new Map<string, Write>();
  for (const change of changes) {
    const first = writes.get(change.state.id)?.first ?? (change.previous === null ? 'insert' : 'update');
    writes.set(change.state.id, { known: knownAfter(change, number), first, isSecond: false });
  }
  const all = [...writes.values()];
  const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) =>
    all.slice(index * BATCH, (index + 1) * BATCH),
  );
  await pMap(batches, (batch) => writeBatch(table, integration, batch), { concurrency: BATCHES_AT_ONCE });
}

async function writeBatch(table: Table, integration: string, batch: Write[]): Promise<void> {
  let left = batch;
  const writeOn = async () => {
    let busy: string | undefined;
    while (left.length > 0 && busy === undefined) {
      const codes = await execute(table, integration, left);
      busy = codes.find((code) => code !== undefined && BUSY.has(code));
      left = left.flatMap((write, index) => remaining(write, codes[index], table));
    }
    if (busy !== undefined) throw new BusyError(busy);
  };
  try {
    await pRetry(writeOn, { ...RETRY, shouldRetry: ({ error }) => error instanceof BusyError });
  } catch (cause) {
    if (!(cause instanceof BusyError)) throw cause;
    const message = `DynamoDB did not write ${left.length} progressions: table ${table.name} is throttled`;
    throw new TransientError(message, { code: cause.message, cause });
  }
}

/** The code of each statement that failed, undefined for each that succeeded. */
async function execute(table: Table, integration: string, writes: Write[]): Promise<(string | undefined)[]> {
  const Statements = writes.map((write) => statementOf(table, integration, write));
  const { Responses = [] } = await table.calls.batchExecuteStatement({ Statements });
  return writes.map((_, index) => {
    const response = Responses[index];
    if (response === undefined) return 'InternalServerError';
    return response.Error && (response.Error.Code ?? 'InternalServerError');
  });
}

/**
 * What is left to do of a write. The answer of an earlier request may have been lost, so a statement may find its own work:
 * where an insert finds an item, the update says whether it is older; where an update finds none that is older, the insert
 * says whether there is one. When both found the opposite, this entry or a later one is stored.
 */
function remaining(write: Write, code: string | undefined, table: Table): Write[] {
  if (code === undefined) return [];
  if (BUSY.has(code)) return [write];
  const isConflict = code === 'DuplicateItem' || code === 'ConditionalCheckFailed';
  if (!isConflict) throw statementError(code, table.name);
  return write.isSecond ? [] : [{ ...write, isSecond: true }];
}

/** PartiQL: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html */
function statementOf(
  table: Table,
  integration: string,
  { known, first, isSecond }: Write,
): BatchStatementRequest {
  const { pk, sk, entry, content } = progressionItem(integration, known);
  return (first === 'insert') !== isSecond
    ? {
        Statement: `INSERT INTO "${table.name}" VALUE {'pk': ?, 'sk': ?, 'entry': ?, 'content': ?}`,
        Parameters: [pk, sk, entry, content],
      }
    : {
        Statement: `UPDATE "${table.name}" SET entry = ?, content = ? WHERE pk = ? AND sk = ? AND entry < ?`,
        Parameters: [entry, content, pk, sk, entry],
      };
}

class BusyError extends Error {
  override readonly name = 'BusyError';
}
