import { describe, expect, it } from 'vitest';
import { EntryTakenError } from '../../../functions/core/errors.ts';
import type { JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import { counted, sentTwice, useEngine } from './engine.ts';
import { someChange, someEntry, someIntegration, someState } from './some-items.ts';

async function listed(entries: AsyncIterable<JournalEntry>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { number } of entries) numbers.push(number);
  return numbers;
}

describe('the journal', () => {
  const engine = useEngine();

  it('a journal entry is appended with one DynamoDB request and read with one DynamoDB request', async () => {
    const entry = someEntry({ integration: someIntegration() });
    const { calls, counts } = counted(engine.calls());
    const store = engine.store(calls);

    await store.appendEntry(entry);

    expect(await store.readEntry(entry.integration, 1)).toEqual(entry);
    expect(counts).toEqual({ putItem: 1, getItem: 1 });
  });

  it('a chunk of held changes that is counted again later expires later, and a late writer does not shorten this', async () => {
    const integration = someIntegration();
    const store = engine.store();
    const chunk = { fingerprints: new Uint8Array(16), courses: [] };
    const name = await store.writeHeldChunk(integration, chunk, '2026-03-01T00:00:00.000Z');
    const expiry = async () => {
      const key = { pk: { S: `held/${integration}` }, sk: { S: name } };
      const { Item } = await engine.calls().getItem({ TableName: engine.table(), Key: key });
      return Number(Item?.['expires']?.N);
    };
    const first = await expiry();

    expect(await store.writeHeldChunk(integration, chunk, '2026-05-20T00:00:00.000Z')).toBe(name);
    await store.writeHeldChunk(integration, chunk, '2026-03-02T00:00:00.000Z');

    expect((await expiry()) - first).toBe(80 * 24 * 60 * 60);
    expect(await Array.fromAsync(store.readHeldChunks(integration, [name]))).toEqual([chunk]);
  });

  it('one DynamoDB request reads the journal entries after the checkpoints of several integrations, and leaves out damaged entries', async () => {
    const [finished, left, damaged] = [someIntegration(), someIntegration(), someIntegration()];
    const store = engine.store();
    for (const integration of [finished, left, damaged]) await store.appendEntry(someEntry({ integration }));
    const entry = someEntry({ integration: left, number: 2 });
    await store.appendEntry(entry);
    await engine.calls().putItem({
      TableName: engine.table(),
      Item: { pk: { S: `journal/${damaged}` }, sk: { S: '000000000002' }, content: { S: 'by hand' } },
    });
    const { calls, counts } = counted(engine.calls());

    const checkpoints = [finished, left, damaged].map((integration) => ({ integration, entry: 1 }));
    expect(await engine.store(calls).readEntriesAfter(checkpoints)).toEqual([entry]);
    expect(counts).toEqual({ batchGetItem: 1 });
  });

  it('reading a journal entry that does not exist returns null', async () => {
    expect(await engine.store().readEntry(someIntegration(), 1)).toBeNull();
  });

  it('a journal entry without changes, such as a fence, can be appended', async () => {
    const fence = someEntry({ integration: someIntegration(), changes: [] });

    await engine.store().appendEntry(fence);

    expect(await engine.store().readEntry(fence.integration, 1)).toEqual(fence);
  });

  it('when two workers append a journal entry with the same number, one of the workers gets EntryTakenError', async () => {
    const integration = someIntegration();
    const store = engine.store();

    const outcomes = await Promise.allSettled(
      ['a', 'b'].map((writer) => store.appendEntry(someEntry({ integration, writer }))),
    );

    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toBeInstanceOf(EntryTakenError);
  });

  it('a second journal entry with the same number but other changes is refused, even if the same worker appends it', async () => {
    const integration = someIntegration();
    const store = engine.store();
    await store.appendEntry(someEntry({ integration }));

    await expect(store.appendEntry(someEntry({ integration, changes: [] }))).rejects.toThrow(EntryTakenError);
    expect(await store.readEntry(integration, 1)).toEqual(someEntry({ integration }));
  });

  it('when a journal entry is stored but the response is lost, the repeated request does not fail', async () => {
    const entry = someEntry({ integration: someIntegration() });

    await engine.store(sentTwice(engine.calls(), 'putItem')).appendEntry(entry);

    expect(await engine.store().readEntry(entry.integration, 1)).toEqual(entry);
  });

  it('a range of journal entries includes its first and last number and is read in ascending order, or latest first if requested', async () => {
    const integration = someIntegration();
    const store = engine.store();
    for (const number of [2, 10, 9, 1, 100]) await store.appendEntry(someEntry({ integration, number }));

    expect(await listed(store.readEntries(integration, 2, 10))).toEqual([2, 9, 10]);
    expect(await listed(store.readEntries(integration, 1, 1_000_000))).toEqual([1, 2, 9, 10, 100]);
    expect(await listed(store.readEntries(integration, 3, 2))).toEqual([]);
    expect(await listed(store.readEntries(integration, 2, 10, 'latest-first'))).toEqual([10, 9, 2]);
  });

  it('a range of journal entries is read completely when DynamoDB returns it in several query pages', async () => {
    const integration = someIntegration();
    const { calls, counts } = counted(engine.calls());
    const store = engine.store(calls);
    const changes = [someChange({ course: { ...someChange().course, title: noise(300_000) } })];
    for (let number = 1; number <= 5; number += 1) {
      await store.appendEntry(someEntry({ integration, number, changes }));
    }

    expect(await listed(store.readEntries(integration, 1, 5))).toEqual([1, 2, 3, 4, 5]);
    expect(counts.query).toBe(2);
  });

  it('with a retention of 90 days, the attribute `expires` of a journal entry is 90 days after its detection, in seconds since 1970', async () => {
    const integration = someIntegration();
    await engine.store().appendEntry(someEntry({ integration }));

    const { Item } = await engine.calls().getItem({
      TableName: engine.table(),
      Key: { pk: { S: `journal/${integration}` }, sk: { S: '000000000001' } },
    });

    expect(Item?.['expires']).toEqual({ N: String(Date.parse('2026-05-30T09:30:00Z') / 1000) });
  });

  it('the error about a damaged journal entry contains the key of the entry and says that its content cannot be decoded', async () => {
    const integration = someIntegration();
    const state = someState({ status: null, id: 'secret' });
    await engine.store().appendEntry(someEntry({ integration, changes: [someChange({ state })] }));
    await engine.calls().updateItem({
      TableName: engine.table(),
      Key: { pk: { S: `journal/${integration}` }, sk: { S: '000000000001' } },
      UpdateExpression: 'SET content = :content',
      ExpressionAttributeValues: { ':content': { B: Buffer.of(1, 2, 3) } },
    });

    await expect(engine.store().readEntry(integration, 1)).rejects.toThrow(
      `The stored item journal/${integration} 000000000001 is damaged: its content cannot be decoded`,
    );
  });
});

/** Returns a text that does not compress, generated with a fixed seed. */
function noise(length: number): string {
  let seed = 1;
  return Array.from({ length }, () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(33 + ((seed >>> 16) % 94));
  }).join('');
}
