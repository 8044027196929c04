import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/contract/integration.ts';
import { counted, justBefore, sentTwice, useEngine } from './engine.ts';
import { NOW, someIntegration } from './some-items.ts';

const someSettings = (id: string): Integration => ({
  id,
  state: 'active',
  baseline: { mode: 'since', date: NOW },
  addedAt: NOW,
});

describe('the stored integrations', () => {
  const engine = useEngine();

  it('reading from an empty table returns an empty list of integrations, and null for a single integration', async () => {
    expect(await engine.store().readIntegrations()).toEqual({ integrations: [], unreadable: [] });
    expect(await engine.store().readIntegration(someIntegration())).toBeNull();
  });

  it('one integration is read with one GetItem request, and all integrations are read with one Query request', async () => {
    const [first, second] = [someIntegration(), someIntegration()];
    const { calls, counts } = counted(engine.calls());
    const store = engine.store(calls);
    await store.changeIntegration(second, () => someSettings(second));
    await store.changeIntegration(first, () => someSettings(first));
    await store.changeIntegration(second, (stored) => stored && { ...stored, state: 'paused' });

    expect(await store.readIntegration(first)).toEqual(someSettings(first));
    expect(await store.readIntegrations()).toEqual({
      integrations: [someSettings(first), { ...someSettings(second), state: 'paused' }],
      unreadable: [],
    });
    expect(counts).toEqual({ putItem: 3, getItem: 4, query: 1 });
  });

  it('`changeIntegration` writes nothing when its callback returns null or the stored settings', async () => {
    const id = someIntegration();
    const { calls, counts } = counted(engine.calls());
    const store = engine.store(calls);
    expect(await store.changeIntegration(id, () => null)).toBeNull();
    expect(await store.changeIntegration(id, () => someSettings(id))).toEqual(someSettings(id));
    expect(await store.changeIntegration(id, () => someSettings(id))).toEqual(someSettings(id));
    expect(await store.changeIntegration(id, () => null)).toEqual(someSettings(id));
    expect(counts).toEqual({ putItem: 1, getItem: 4 });
  });

  it('when five writers change an integration at the same time, no change is lost', async () => {
    const id = someIntegration();
    const writers = Array.from({ length: 5 }, () => engine.store());
    const addedOnce = (count: number) => new Date(Date.parse(NOW) + count).toISOString();
    await Promise.all(
      writers.map((store) =>
        store.changeIntegration(id, (stored) => ({
          ...someSettings(id),
          addedAt: addedOnce(stored === null ? 1 : Date.parse(stored.addedAt) - Date.parse(NOW) + 1),
        })),
      ),
    );
    expect((await engine.store().readIntegration(id))?.addedAt).toBe(addedOnce(writers.length));
  });

  it('when another writer changes an integration before `changeIntegration` writes, the change is computed again from the newly stored settings', async () => {
    const id = someIntegration();
    await engine.store().changeIntegration(id, () => someSettings(id));
    const remove = () =>
      engine.store().changeIntegration(id, (stored) => stored && { ...stored, state: 'removed' });
    const store = engine.store(justBefore(engine.calls(), 'putItem', 1, remove));

    const asked: unknown[] = [];
    const stored = await store.changeIntegration(id, (before) => {
      asked.push(before?.state);
      return before?.state === 'active' ? { ...before, state: 'paused', pausedBy: 'kombo' } : before;
    });

    expect(asked).toEqual(['active', 'removed']);
    expect(stored).toEqual({ ...someSettings(id), state: 'removed' });
    expect(await engine.store().readIntegration(id)).toEqual(stored);
  });

  it("when an integration's settings are stored but the response is lost, `changeIntegration` returns the stored settings", async () => {
    const id = someIntegration();
    const store = engine.store(sentTwice(engine.calls(), 'putItem'));
    expect(await store.changeIntegration(id, (stored) => stored ?? someSettings(id))).toEqual(
      someSettings(id),
    );
  });

  it('an integration with damaged settings is listed as unreadable with the reason, and the other integrations are read', async () => {
    const [id, healthy] = [someIntegration(), someIntegration()];
    await engine.store().changeIntegration(healthy, () => someSettings(healthy));
    await engine.calls().putItem({
      TableName: engine.table(),
      Item: { pk: { S: 'integrations' }, sk: { S: id }, content: { S: JSON.stringify({ id }) } },
    });

    const reason = `The stored item integrations ${id} is damaged: state is not valid (invalid_value)`;
    await expect(engine.store().readIntegration(id)).rejects.toThrow(reason);
    const { integrations, unreadable } = await engine.store().readIntegrations();
    expect(unreadable).toEqual([{ id, reason }]);
    expect(integrations).toContainEqual(someSettings(healthy));
  });
});
