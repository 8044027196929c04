import {
  IdempotencyItemAlreadyExistsError,
  IdempotencyItemNotFoundError,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, type IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { expect, test } from 'vitest';
import { oncePerEvent } from '../../../consumers/kit/once-per-event.ts';

class MemoryLayer extends BasePersistenceLayer {
  readonly records = new Map<string, IdempotencyRecord>();
  protected async _getRecord(key: string) {
    const record = this.records.get(key);
    if (record === undefined) throw new IdempotencyItemNotFoundError();
    return record;
  }
  protected async _putRecord(record: IdempotencyRecord) {
    const there = this.records.get(record.idempotencyKey);
    if (there !== undefined) throw new IdempotencyItemAlreadyExistsError('there', there);
    this.records.set(record.idempotencyKey, record);
  }
  protected async _updateRecord(record: IdempotencyRecord) {
    this.records.set(record.idempotencyKey, record);
  }
  protected async _deleteRecord(record: IdempotencyRecord) {
    this.records.delete(record.idempotencyKey);
  }
}

const event = (id: string, delivery: string) => ({ id: delivery, detail: { id, learner: 'Ada' } });

test('`oncePerEvent` handles an event once, however often the event is delivered, live or replayed', async () => {
  const handled: string[] = [];
  const persistenceStore = new MemoryLayer();
  const handle = oncePerEvent(async ({ id }: ReturnType<typeof event>) => void handled.push(id), {
    persistenceStore,
  });
  await handle(event('moodle:x/1/0', 'first delivery'));
  await handle(event('moodle:x/1/0', 'second delivery'));
  await handle(event('moodle:x/1/1', 'another event'));
  expect(handled).toEqual(['first delivery', 'another event']);
  expect(JSON.stringify([...persistenceStore.records.values()])).not.toContain('Ada');
});

test('`oncePerEvent` handles an event again when its handler failed', async () => {
  let attempts = 0;
  const handle = oncePerEvent(
    async () => {
      attempts += 1;
      if (attempts === 1) throw new Error('down');
    },
    { persistenceStore: new MemoryLayer() },
  );
  await expect(handle(event('moodle:x/1/0', 'a'))).rejects.toThrow();
  await handle(event('moodle:x/1/0', 'b'));
  expect(attempts).toBe(2);
});
