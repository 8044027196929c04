import { ReplayMovedError } from '../../core/errors.ts';
import type { ReplayStore } from '../../core/replay/ports.ts';
import { ReplayRecord } from '../../core/replay/replay-record.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';
import { parseEntry } from './journal-items.ts';
import { journalKey, replayKey, replaysPartition } from './keys.ts';
import { getItem, type Item, jsonContent, keyOf, listItems, parseStored, type Table } from './table.ts';
import { isConditionFailed, withCoreErrors } from './translate-errors.ts';

const DAY_SECONDS = 24 * 60 * 60;

/**
 * The replays, in the store's table. They expire `retentionDays` after they last moved.
 *
 * @param options.retentionDays as for the journal
 */
export function createReplayStore(options: {
  calls: DynamoDbCalls;
  table: string;
  retentionDays: number;
}): ReplayStore {
  const table = { calls: withCoreErrors(options.calls, options.table), name: options.table };
  const put = (replay: ReplayRecord, condition: object) =>
    table.calls.putItem({
      TableName: table.name,
      Item: {
        ...keyOf(replayKey(replay.integration, replay.id)),
        revision: { N: String(replay.revision) },
        content: { S: JSON.stringify(replay) },
        expires: {
          N: String(Math.floor(Date.parse(replay.movedAt) / 1000) + options.retentionDays * DAY_SECONDS),
        },
      },
      ...condition,
    });

  return {
    async readFirstEntry(integration) {
      const { Items = [] } = await table.calls.query({
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: journalKey(integration, 1).pk } },
        Limit: 1,
      });
      return Items[0] === undefined ? null : parseEntry(Items[0]);
    },

    async createReplay(replay) {
      try {
        await put(replay, { ConditionExpression: 'attribute_not_exists(pk)' });
      } catch (cause) {
        await acceptOwn(table, replay, cause);
      }
    },

    async readReplay(integration, id) {
      const item = await getItem(table, replayKey(integration, id));
      return item && parseReplay(integration, item);
    },

    async readReplays(integration) {
      const items = await listItems(table, replaysPartition(integration));
      return items
        .map((item) => parseReplay(integration, item))
        .toSorted((a, b) => Date.parse(b.orderedAt) - Date.parse(a.orderedAt));
    },

    async moveReplay(next) {
      try {
        await put(next, {
          ConditionExpression: '#revision = :before',
          ExpressionAttributeNames: { '#revision': 'revision' },
          ExpressionAttributeValues: { ':before': { N: String(next.revision - 1) } },
        });
      } catch (cause) {
        await acceptOwn(table, next, cause);
      }
    },
  };
}

/** The very same content stands there, which names its writer: one's own success whose answer was lost. */
async function acceptOwn(table: Table, replay: ReplayRecord, cause: unknown): Promise<void> {
  if (!isConditionFailed(cause)) throw cause;
  const item = await getItem(table, replayKey(replay.integration, replay.id));
  if (item?.['content']?.S === JSON.stringify(replay)) return;
  throw new ReplayMovedError(`The replay ${replay.id} of ${replay.integration} has moved on`, { cause });
}

function parseReplay(integration: string, item: Item): ReplayRecord {
  const place = replayKey(integration, item['sk']?.S ?? '');
  return parseStored(ReplayRecord, place, () => jsonContent(item));
}
