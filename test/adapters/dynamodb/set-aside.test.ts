import { describe, expect, it } from 'vitest';
import type { SetAside } from '../../../functions/core/state/set-aside.ts';
import { counted, sentTwice, useEngine } from './engine.ts';
import { NOW, someIntegration } from './some-items.ts';

const record = (id: string): SetAside => ({ kind: 'record', id, reason: 'no status', at: NOW });

describe('set-aside items', () => {
  const engine = useEngine();

  it('a set-aside record and a set-aside event are listed until they are removed', async () => {
    const integration = someIntegration();
    const store = engine.store();
    const event: SetAside = { kind: 'event', id: `${integration}/1/0`, reason: 'too large', at: NOW };

    await store.setAside(integration, [record('p1'), event]);
    expect(await store.readSetAside(integration)).toEqual([event, record('p1')]);

    await store.removeSetAside(integration, record('p1'));
    expect(await store.readSetAside(integration)).toEqual([event]);
  });

  it('the list of set-aside items contains only the items of the given integration', async () => {
    const [one, other] = [someIntegration(), someIntegration()];
    await engine.store().setAside(one, [record('p1')]);

    expect(await engine.store().readSetAside(other)).toEqual([]);
  });

  it('a record that is set aside twice is listed once, with the time at which it was first set aside', async () => {
    const integration = someIntegration();
    const store = engine.store();
    await store.setAside(integration, [record('p1')]);

    await store.setAside(integration, [{ ...record('p1'), at: '2026-04-01T00:00:00.000Z' }]);

    expect(await store.readSetAside(integration)).toEqual([record('p1')]);
  });

  it('when the first response is lost, setting aside two records makes three DynamoDB requests, and each record is listed once', async () => {
    const integration = someIntegration();
    const { calls, counts } = counted(engine.calls());

    await engine.store(sentTwice(calls, 'putItem')).setAside(integration, [record('p1'), record('p2')]);

    expect(counts).toEqual({ putItem: 3 });
    expect(await engine.store().readSetAside(integration)).toHaveLength(2);
  });

  it('a record whose id is too long for a DynamoDB key can be set aside, listed and removed', async () => {
    const integration = someIntegration();
    const store = engine.store();
    const items = [record('é'.repeat(5000)), record(`${'é'.repeat(5000)}!`), record('')];

    await store.setAside(integration, items);

    expect(await store.readSetAside(integration)).toEqual(expect.arrayContaining(items));
    for (const item of items) await store.removeSetAside(integration, item);
    expect(await store.readSetAside(integration)).toEqual([]);
  });
});
