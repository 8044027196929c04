import { describe, expect, it } from 'vitest';
import { LeaseLostError, TransientError } from '../../../functions/core/errors.ts';
import { newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { counted, justBefore, sentTwice, useEngine } from './engine.ts';
import { NOW, someIntegration } from './some-items.ts';

const SOON = '2026-03-01T09:35:00.000Z';
const PAST = '2026-03-01T09:29:59.999Z';

const lease = (owner: string, until = SOON) => ({ owner, until });
const checkpoint = (id: string, revision: number) => ({ ...newCheckpoint(id), revision, entry: revision });

describe('the lease of an integration', () => {
  const engine = useEngine();

  it('a free lease is acquired with one DynamoDB request, which also creates the first checkpoint', async () => {
    const id = someIntegration();
    const { calls, counts } = counted(engine.calls());

    const answer = await engine.store(calls).takeLease(id, lease('a'), NOW);

    expect(answer).toEqual({ taken: true, checkpoint: newCheckpoint(id), fence: false });
    expect(counts).toEqual({ updateItem: 1 });
  });

  it('a lease is released with one DynamoDB request, and the next worker needs no fence', async () => {
    const id = someIntegration();
    const { calls, counts } = counted(engine.calls());
    const store = engine.store(calls);
    await store.takeLease(id, lease('a'), NOW);

    const released = await store.releaseLease(checkpoint(id, 1), lease('a'));

    expect(released).toEqual({ again: false });
    expect(counts).toEqual({ updateItem: 2 });
    expect(await store.readCheckpoint(id)).toMatchObject({ checkpoint: checkpoint(id, 1), lease: null });
    expect(await store.takeLease(id, lease('b'), NOW)).toMatchObject({
      taken: true,
      fence: false,
      checkpoint: checkpoint(id, 1),
    });
  });

  it('after a second worker was refused the lease, `releaseLease` of the holder returns that another poll was requested', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('a'), NOW);

    expect(await store.takeLease(id, lease('b'), NOW)).toEqual({ taken: false, until: SOON });
    await store.saveCheckpoint(checkpoint(id, 1), lease('a'));

    expect(await store.releaseLease(checkpoint(id, 2), lease('a'))).toEqual({ again: true });
    await store.takeLease(id, lease('b'), NOW);
    expect(await store.releaseLease(checkpoint(id, 3), lease('b'))).toEqual({ again: false });
  });

  it('only one of two workers acquires an expired lease, and this worker must append a fence', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('frozen', PAST), NOW);

    const answers = await Promise.all(['b', 'c'].map((owner) => store.takeLease(id, lease(owner), NOW)));

    expect(answers.filter(({ taken }) => taken)).toMatchObject([{ fence: true }]);
    expect(answers.filter(({ taken }) => !taken)).toEqual([{ taken: false, until: SOON }]);
  });

  it('when two workers request a free lease at the same time, only one of the workers acquires the lease', async () => {
    const id = someIntegration();
    const store = engine.store();

    const answers = await Promise.all(['a', 'b'].map((owner) => store.takeLease(id, lease(owner), NOW)));

    expect(answers.filter(({ taken }) => taken)).toMatchObject([{ fence: false }]);
    expect(answers.filter(({ taken }) => !taken)).toEqual([{ taken: false, until: SOON }]);
  });

  it('a refused worker acquires the lease when the holder releases it before the worker has stored its request for another poll', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('a'), NOW);
    // The first update of the second worker tries to acquire the lease and is refused. Its second update
    // stores `again`, the request for another poll. The holder releases the lease between them.
    const calls = justBefore(engine.calls(), 'updateItem', 2, () =>
      store.releaseLease(checkpoint(id, 1), lease('a')),
    );

    const answer = await engine.store(calls).takeLease(id, lease('b'), NOW);

    expect(answer).toMatchObject({ taken: true, fence: false, checkpoint: checkpoint(id, 1) });
  });

  it('when the holder of an expired lease renews it just before another worker takes it over, the other worker is refused', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('a', PAST), NOW);
    const calls = justBefore(engine.calls(), 'updateItem', 2, () =>
      store.saveCheckpoint(checkpoint(id, 1), lease('a')),
    );

    expect(await engine.store(calls).takeLease(id, lease('b'), NOW)).toEqual({ taken: false, until: SOON });
  });

  it('a lease that is saved with an end in the past can be acquired immediately, and the next worker must append a fence', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('a'), NOW);

    await store.saveCheckpoint(checkpoint(id, 1), lease('a', PAST));

    expect(await store.takeLease(id, lease('b'), NOW)).toMatchObject({ taken: true, fence: true });
  });

  it('when other workers acquire the lease just before each attempt of a worker, this worker gets a transient error', async () => {
    const id = someIntegration();
    const store = engine.store();
    let turn = 0;
    const calls = engine.calls();
    const restless = {
      ...calls,
      async updateItem(input: Parameters<typeof calls.updateItem>[0]) {
        turn += 1;
        await store.takeLease(id, lease(`other-${turn}`, PAST), NOW);
        return calls.updateItem(input);
      },
    };

    await expect(engine.store(restless).takeLease(id, lease('a'), NOW)).rejects.toThrow(TransientError);
  });
});

describe('a checkpoint', () => {
  const engine = useEngine();

  it('an integration that was never polled has no checkpoint', async () => {
    expect(await engine.store().readCheckpoint(someIntegration())).toBeNull();
  });

  it('a checkpoint is saved with one DynamoDB request, which also renews the lease', async () => {
    const id = someIntegration();
    await engine.store().takeLease(id, lease('a', PAST), NOW);
    const { calls, counts } = counted(engine.calls());

    await engine.store(calls).saveCheckpoint(checkpoint(id, 1), lease('a'));

    expect(counts).toEqual({ updateItem: 1 });
    expect(await engine.store().readCheckpoint(id)).toMatchObject({
      checkpoint: checkpoint(id, 1),
      lease: lease('a'),
    });
  });

  it.each(['saveCheckpoint', 'releaseLease'] as const)(
    'after another worker has acquired an expired lease, `%s` of the previous holder throws LeaseLostError and changes nothing',
    async (write) => {
      const id = someIntegration();
      const store = engine.store();
      await store.takeLease(id, lease('frozen', PAST), NOW);
      await store.takeLease(id, lease('b'), NOW);

      await expect(store[write](checkpoint(id, 1), lease('frozen'))).rejects.toThrow(LeaseLostError);

      await store.releaseLease({ ...checkpoint(id, 1), known: 7 }, lease('b'));
      await expect(store[write](checkpoint(id, 1), lease('frozen'))).rejects.toThrow(LeaseLostError);
      expect(await store.readCheckpoint(id)).toMatchObject({ checkpoint: { known: 7 }, lease: null });
    },
  );

  it('a checkpoint is refused with LeaseLostError when its revision is not one higher than the stored revision', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('a'), NOW);

    await expect(store.saveCheckpoint(checkpoint(id, 2), lease('a'))).rejects.toThrow(LeaseLostError);
  });

  it('several checkpoints are read with one DynamoDB request, and damaged or missing checkpoints are left out', async () => {
    const [known, damaged, absent] = [someIntegration(), someIntegration(), someIntegration()];
    await engine.store().takeLease(known, lease('a'), NOW);
    await engine.calls().putItem({
      TableName: engine.table(),
      Item: { pk: { S: `integration/${damaged}` }, sk: { S: 'checkpoint' }, content: { S: '{' } },
    });
    const { calls, counts } = counted(engine.calls());

    const checkpoints = await engine.store(calls).readCheckpoints([known, damaged, absent, known]);

    expect(checkpoints).toEqual(new Map([[known, newCheckpoint(known)]]));
    expect(counts).toEqual({ batchGetItem: 1 });
  });
});

describe('a response that was lost', () => {
  const engine = useEngine();

  it('when a worker requests a free lease and only the response is lost, the worker holds the lease and needs no fence', async () => {
    const id = someIntegration();

    const answer = await engine.store(sentTwice(engine.calls(), 'updateItem')).takeLease(id, lease('a'), NOW);

    expect(answer).toEqual({ taken: true, checkpoint: newCheckpoint(id), fence: false });
  });

  it('when a worker takes over an expired lease and only the response is lost, the worker holds the lease and must append a fence', async () => {
    const id = someIntegration();
    await engine.store().takeLease(id, lease('frozen', PAST), NOW);
    // The first update fails because another worker holds the lease. The second update acquires the lease,
    // and its response is lost.
    let request = 0;
    const calls = engine.calls();
    const losing = {
      ...calls,
      async updateItem(input: Parameters<typeof calls.updateItem>[0]) {
        request += 1;
        if (request === 2) await calls.updateItem(input);
        return calls.updateItem(input);
      },
    };

    expect(await engine.store(losing).takeLease(id, lease('a'), NOW)).toMatchObject({
      taken: true,
      fence: true,
    });
  });

  it('a worker that holds a lease can acquire the lease again, and then must append a fence', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('frozen', PAST), NOW);
    await store.takeLease(id, lease('a'), NOW);
    await store.saveCheckpoint(checkpoint(id, 1), lease('a'));

    expect(await store.takeLease(id, lease('a'), NOW)).toMatchObject({ taken: true, fence: true });
  });

  it('when a checkpoint is stored but the response is lost, the repeated request does not fail', async () => {
    const id = someIntegration();
    await engine.store().takeLease(id, lease('a'), NOW);

    await engine.store(sentTwice(engine.calls(), 'updateItem')).saveCheckpoint(checkpoint(id, 1), lease('a'));

    expect(await engine.store().readCheckpoint(id)).toMatchObject({ checkpoint: checkpoint(id, 1) });
  });

  it('when a lease is released but the response is lost, the repeated request still returns that another poll was requested', async () => {
    const id = someIntegration();
    await engine.store().takeLease(id, lease('a'), NOW);
    await engine.store().takeLease(id, lease('b'), NOW);

    const released = await engine
      .store(sentTwice(engine.calls(), 'updateItem'))
      .releaseLease(checkpoint(id, 1), lease('a'));

    expect(released).toEqual({ again: true });
  });

  it('when the response to a release is lost, the repeated request succeeds even if another worker has saved a checkpoint in between', async () => {
    const id = someIntegration();
    const store = engine.store();
    await store.takeLease(id, lease('a'), NOW);
    const calls = engine.calls();
    const late = {
      ...calls,
      async updateItem(input: Parameters<typeof calls.updateItem>[0]) {
        await calls.updateItem(input);
        await store.takeLease(id, lease('b'), NOW);
        await store.saveCheckpoint(checkpoint(id, 2), lease('b'));
        return calls.updateItem(input);
      },
    };

    expect(await engine.store(late).releaseLease(checkpoint(id, 1), lease('a'))).toEqual({ again: false });
  });
});
