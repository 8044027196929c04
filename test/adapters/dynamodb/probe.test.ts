import { describe, expect, it } from 'vitest';
import { useEngine } from './engine.ts';
import { NOW, someIntegration } from './some-items.ts';

describe('the last probe of dispatch', () => {
  const engine = useEngine();

  it('`readProbe` returns null before the first probe of dispatch, and then the last probe that was written', async () => {
    expect(await engine.store().readProbe()).toBeNull();
    for (const integration of [someIntegration(), someIntegration()]) {
      await engine.store().writeProbe({ integration, at: NOW });
      expect(await engine.store().readProbe()).toEqual({ integration, at: NOW });
    }
  });

  it('`readProbe` returns null when the stored probe is damaged, so that dispatch can continue', async () => {
    await engine.calls().putItem({
      TableName: engine.table(),
      Item: { pk: { S: 'fleet' }, sk: { S: 'probe' }, content: { S: '{"integration":7}' } },
    });
    expect(await engine.store().readProbe()).toBeNull();
  });
});
