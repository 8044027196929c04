import { ReplayChangedError } from '../../core/errors.ts';
import type { ReplayStore } from '../../core/replay/ports.ts';
import { ReplayRecord } from '../../core/replay/replay-record.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';
import { parseEntry, readEventCounts } from './journal-items.ts';
import { journalKey, replayKey, replaysPartition } from './keys.ts';
import { expiryOf, getItem, IF_ABSENT, keyOf, listItems, parseStored, putItem } from './table.ts';
import { withCoreErrors } from './translate-errors.ts';

/** Uses the table of `createStore`. Replays expire `retentionDays` after their last change. */
export function createReplayStore(options: {
  calls: DynamoDbCalls;
  table: string;
  retentionDays: number;
}): ReplayStore {
  const table = { calls: withCoreErrors(options.calls, options.table), name: options.table };
  const put = async (replay: ReplayRecord, condition: Parameters<typeof putItem>[2]): Promise<void> => {
    const key = replayKey(replay.integration, replay.id);
    const item = {
      ...keyOf(key),
      revision: { N: String(replay.revision) },
      content: { S: JSON.stringify(replay) },
      ...expiryOf(replay.movedAt, options.retentionDays),
    };
    if (await putItem(table, item, condition)) return;
    // The content has the unique id of its writer: equal content means that only the response was lost.
    const stored = await getItem(table, key);
    if (stored?.['content']?.S === item.content.S) return;
    throw new ReplayChangedError(
      `Another process has changed the replay ${replay.id} of ${replay.integration}`,
    );
  };

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

    readEventCounts: (integration, from, to) => readEventCounts(table, integration, from, to),

    createReplay: (replay) => put(replay, IF_ABSENT),

    async readReplay(integration, id) {
      const item = await getItem(table, replayKey(integration, id));
      return item && parseStored(ReplayRecord, item);
    },

    async readReplays(integration) {
      const items = await listItems(table, replaysPartition(integration));
      return items
        .map((item) => parseStored(ReplayRecord, item))
        .toSorted((a, b) => Date.parse(b.orderedAt) - Date.parse(a.orderedAt));
    },

    saveReplay: (next) =>
      put(next, {
        ConditionExpression: '#revision = :before',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: { ':before': { N: String(next.revision - 1) } },
      }),
  };
}
