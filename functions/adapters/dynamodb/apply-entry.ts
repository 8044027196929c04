import type { BatchStatementRequest } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import pRetry from 'p-retry';
import { plural } from '../../contract/printable-text.ts';
import { TransientError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import { type JournalEntry, knownAfter } from '../../core/state/journal-entry.ts';
import type { KnownProgression } from '../../core/state/progression.ts';
import { RETRY } from './batch-get.ts';
import { progressionItem } from './known-progressions.ts';
import type { Table } from './table.ts';
import { statementError } from './translate-errors.ts';

/** Limit: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchExecuteStatement.html */
const BATCH = 25;

/** A page of 250 changes needs 10 batches. The AWS client has 50 connections. */
const BATCHES_AT_ONCE = 8;

/**
 * A statement inserts a progression that is not stored, or updates one that an older entry stored. `first` is
 * expected to succeed. `isSecond`: its condition failed, and the other statement is tried.
 */
type Write = { known: KnownProgression; first: 'insert' | 'update'; isSecond: boolean };

/** Codes of temporary failures. The same statement is sent again. */
const BUSY = new Set([
  'InternalServerError',
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'ThrottlingError',
  'TransactionConflict',
]);

/**
 * Writes the known states after an entry. If it changes a progression twice, only the last state is written.
 *
 * @throws TransientError when DynamoDB stays too busy for some statements; otherwise the error of
 *   `statementError`
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
  await pMap(grouped(all, { count: BATCH }), (batch) => writeBatch(table, integration, batch), {
    concurrency: BATCHES_AT_ONCE,
  });
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
    const message = `DynamoDB did not write ${plural(left.length, 'progression')}: table ${table.name} is throttled`;
    throw new TransientError(message, { code: cause.message, cause });
  }
}

/** Returns one value per statement: its error code, or undefined when it succeeded. */
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
 * Returns the write to send next, or an empty list. A condition may fail because of an earlier request whose
 * response was lost, so the other statement is tried: an update succeeds if the stored item is older, an
 * insert if there is none. When both conditions fail, this entry or a later one is already stored.
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
