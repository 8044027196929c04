import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, onTestFinished, test } from 'vitest';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/dynamodb-engine.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { withProcessLeases, withProcessWriters } from '../../local/process-leases.ts';
import { memoryReplays } from '../support/memory-replays.ts';

const ID = 'sandbox:school';
/** The time of the sandbox's school, far from the machine's time. */
const SCHOOL = Date.parse('2020-03-01T09:30:00.000Z');
const at = (ms: number) => new Date(SCHOOL + ms).toISOString();

async function stores() {
  const { endpoint, table, close } = await startEmbeddedDynamoDb();
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: EMBEDDED_CREDENTIALS });
  onTestFinished(async () => {
    client.destroy();
    await close();
  });
  const plain = createStore({ calls: dynamoDbCalls(client), table, retentionDays: 90 });
  return { plain, leased: withProcessLeases(plain, () => SCHOOL) };
}

/**
 * Starts another process, and returns the process and a lease that it owns. The lease expires after `ms`
 * milliseconds by the machine's clock.
 */
async function leaseOfAnother(ms: number) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'spawn');
  const lease = { owner: `${child.pid}/another`, until: new Date(Date.now() + ms).toISOString() };
  return { child, lease };
}

test("on one machine, the lease of a running process cannot be acquired before the lease expires by the machine's clock", async () => {
  const { plain, leased } = await stores();
  const { lease } = await leaseOfAnother(60_000);
  await plain.takeLease(ID, lease, at(0));
  expect(await leased.takeLease(ID, { owner: 'here', until: at(9e9) }, at(9e9))).toMatchObject({
    taken: false,
  });
});

test('on one machine, an expired lease or the lease of a process that has ended can be acquired immediately', async () => {
  for (const isEnded of [false, true]) {
    const { plain, leased } = await stores();
    const { child, lease } = await leaseOfAnother(isEnded ? 60_000 : -1000);
    await plain.takeLease(ID, lease, at(0));
    if (isEnded) {
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect((await leased.readCheckpoint(ID))?.lease).toBeNull();
    }
    const taken = await leased.takeLease(ID, { owner: 'here', until: at(60_000) }, at(0));
    expect(taken).toMatchObject({ taken: true, fence: true });
  }
});

test('on one machine, a stored lease contains its process id, and its owner can save the checkpoint and release the lease', async () => {
  const { plain, leased } = await stores();
  const lease = { owner: 'here', until: at(60_000) };
  const taken = await leased.takeLease(ID, lease, at(0));
  if (!taken.taken) throw new Error('the lease was free');
  const next = { ...taken.checkpoint, revision: taken.checkpoint.revision + 1 };
  await leased.saveCheckpoint(next, lease);
  expect((await plain.readCheckpoint(ID))?.lease?.owner).toBe(`${process.pid}/here`);
  await leased.releaseLease({ ...next, revision: next.revision + 1 }, lease);
  expect((await plain.readCheckpoint(ID))?.lease).toBeNull();
});

test("on one machine, the end of a lease is stored in the machine's time, not in the time of the sandbox's school", async () => {
  const { plain, leased } = await stores();
  const before = Date.now();
  await leased.takeLease(ID, { owner: 'here', until: at(60_000) }, at(0));
  const stored = Date.parse((await plain.readCheckpoint(ID))?.lease?.until ?? '');
  expect(stored).toBeGreaterThanOrEqual(before + 60_000);
  expect(stored).toBeLessThanOrEqual(Date.now() + 60_000);
});

test('on one machine, a lease that a worker did not release can be acquired by the next worker of the same process', async () => {
  const { leased } = await stores();
  await leased.takeLease(ID, { owner: 'first', until: at(60_000) }, at(0));
  expect(await leased.takeLease(ID, { owner: 'second', until: at(60_000) }, at(0))).toMatchObject({
    taken: true,
    fence: true,
  });
});

test('on one machine, a running replay is stopped when the process that sent it has ended', async () => {
  const plain = memoryReplays({ journal: new Map() });
  const replays = withProcessWriters(plain);
  const { child, lease } = await leaseOfAnother(0);
  await replays.createReplay(RUNNING);
  await plain.createReplay({ ...RUNNING, id: 'another', writer: lease.owner });
  const states = async () => (await replays.readReplays(ID)).map(({ id, state }) => [id, state]);
  expect(await states()).toEqual([
    ['another', 'running'],
    ['here', 'running'],
  ]);

  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(await states()).toEqual([
    ['another', 'stopped'],
    ['here', 'running'],
  ]);
  expect(await replays.readReplay(ID, 'another')).toMatchObject({ state: 'stopped' });
});

const RUNNING: ReplayRecord = {
  id: 'here',
  integration: ID,
  range: { from: at(0), to: null },
  filter: ANY_EVENT,
  position: { source: 'journal', last: 1, entry: 1, index: 0 },
  events: 1,
  byType: {},
  reason: '',
  consumer: null,
  asLive: false,
  rate: 1,
  state: 'running',
  notified: false,
  published: 0,
  refused: 0,
  failure: null,
  orderedAt: at(0),
  movedAt: at(0),
  revision: 0,
  writer: 'this process',
};
