import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/contract/integration.ts';
import { counted, useEngine } from './engine.ts';
import { NOW, someIntegration } from './some-items.ts';

const someSettings = (id: string): Integration => ({
  id,
  state: 'active',
  baseline: { mode: 'since', date: NOW },
  addedAt: NOW,
});

describe('the integrations', () => {
  const engine = useEngine();

  it('are none at first', async () => {
    expect(await engine.store().readIntegrations()).toEqual([]);
    expect(await engine.store().readIntegration(someIntegration())).toBeNull();
  });

  it('are read one by one or all by one query, as they were written last', async () => {
    const [first, second] = [someIntegration(), someIntegration()];
    const { calls, counts } = counted(engine.calls());
    const store = engine.store(calls);
    await store.writeIntegration(someSettings(second));
    await store.writeIntegration(someSettings(first));
    await store.writeIntegration({ ...someSettings(second), state: 'paused' });

    expect(await store.readIntegration(first)).toEqual(someSettings(first));
    expect(await store.readIntegrations()).toEqual([
      someSettings(first),
      { ...someSettings(second), state: 'paused' },
    ]);
    expect(counts).toEqual({ putItem: 3, getItem: 1, query: 1 });
  });

  it('say which of them is damaged', async () => {
    const id = someIntegration();
    await engine.calls().putItem({
      TableName: engine.table(),
      Item: { pk: { S: 'integrations' }, sk: { S: id }, content: { S: JSON.stringify({ id }) } },
    });

    await expect(engine.store().readIntegration(id)).rejects.toThrow(
      `The stored item integrations ${id} is damaged: state is not valid (invalid_value)`,
    );
  });
});
