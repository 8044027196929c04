import { expect, it } from 'vitest';
import { createInProcessQueue } from '../../local/in-process-queue.ts';

it('the queue for one machine delivers messages in order, also those that are sent during a delivery', async () => {
  const queue = createInProcessQueue();
  await queue.send([{ integration: 'a:1' }, { integration: 'a:2', mode: 'reconcile' }]);
  const handled: unknown[] = [];
  await queue.drain(async ({ Records }) => {
    if (handled.length === 0) await queue.send([{ integration: 'a:3' }]);
    handled.push(
      ...Records.map(({ body, attributes }) => ({ ...JSON.parse(body), group: attributes.MessageGroupId })),
    );
  });
  expect(handled).toEqual([
    { integration: 'a:1', group: 'a:1' },
    { integration: 'a:2', mode: 'reconcile', group: 'a:2' },
    { integration: 'a:3', group: 'a:3' },
  ]);
});
