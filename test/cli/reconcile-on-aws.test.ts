import { expect, test } from 'vitest';
import { requestPoll } from '../../cli/commands/poll.ts';
import type { PollMessage } from '../../functions/contract/messages.ts';
import { synced } from '../support/synced-world.ts';
import { MINUTE_MS } from '../support/test-clock.ts';

/** Creates a synced integration of which another poll holds the lease for `leaseMs`. */
async function polledWorld(leaseMs: number) {
  const w = await synced(['a']);
  const now = w.clock.read();
  await w.store.changeIntegration(w.integration.id, () => w.integration);
  const lease = { owner: 'a poll', until: new Date(now + leaseMs).toISOString() };
  await w.store.takeLease(w.integration.id, lease, new Date(now).toISOString());
  const sent: PollMessage[] = [];
  const queue = { send: async (messages: PollMessage[]) => void sent.push(...messages) };
  const output = { json: false, result: () => {}, say: () => {}, error: () => {} };
  const request = (mode?: PollMessage['mode']) =>
    requestPoll(w.integration.id, mode ? { mode } : {}, output, async () => ({ ...w, queue }));
  return { w, sent, request };
}

test('`reconcile` is refused while another poll runs', async () => {
  const { sent, request } = await polledWorld(MINUTE_MS);
  await expect(request('reconcile')).rejects.toThrow('Another poll or command is working on moodle:test');
  expect(sent).toEqual([]);
});

test('a reconciliation that `reconcile` requested is done by the next poll, whatever message requests this poll', async () => {
  const { w, sent, request } = await polledWorld(-1);
  await request('reconcile');
  expect(sent).toEqual([{ integration: 'moodle:test' }]);
  expect(await w.poll()).toMatchObject({ ended: [{ mode: 'incremental' }, { mode: 'reconcile' }] });
  expect(await w.poll()).toMatchObject({ ended: [{ mode: 'incremental' }] });
});

test('`poll` sends its message while another poll runs, because the poll function runs another poll after it', async () => {
  const { sent, request } = await polledWorld(MINUTE_MS);
  await request();
  expect(sent).toEqual([{ integration: 'moodle:test' }]);
});
