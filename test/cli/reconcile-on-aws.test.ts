import { expect, test } from 'vitest';
import { requestPoll } from '../../cli/commands/poll.ts';
import type { PollMessage } from '../../functions/contract/messages.ts';
import { MINUTE_MS } from '../support/test-clock.ts';
import { world } from '../support/world.ts';

/** Requests a poll of a deployment. Another poll holds the lease of the integration for `leaseMs`. */
async function request(leaseMs: number, mode: PollMessage['mode']): Promise<PollMessage[]> {
  const { ports, store, integration, clock } = world();
  const now = new Date(clock.read()).toISOString();
  await store.changeIntegration(integration.id, () => integration);
  const lease = { owner: 'a poll', until: new Date(clock.read() + leaseMs).toISOString() };
  await store.takeLease(integration.id, lease, now);
  const sent: PollMessage[] = [];
  const queue = { send: async (messages: PollMessage[]) => void sent.push(...messages) };
  const output = { json: false, result: () => {}, say: () => {}, error: () => {} };
  await requestPoll(integration.id, mode ? { mode } : {}, output, async () => ({ ports, queue }));
  return sent;
}

test('`reconcile` is refused while another poll runs, because the poll function would drop its message', async () => {
  await expect(request(MINUTE_MS, 'reconcile')).rejects.toThrow(
    'Another poll or command is working on moodle:test',
  );
});

test('`reconcile` sends its message when the lease of another poll has expired', async () => {
  expect(await request(-1, 'reconcile')).toEqual([{ integration: 'moodle:test', mode: 'reconcile' }]);
});

test('`poll` sends its message while another poll runs, because the poll function runs another poll after it', async () => {
  expect(await request(MINUTE_MS, undefined)).toEqual([{ integration: 'moodle:test' }]);
});
