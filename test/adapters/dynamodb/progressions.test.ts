import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { DeploymentError, IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { knownAfter } from '../../../functions/core/state/journal-entry.ts';
import { observed } from '../../support/observed.ts';
import { counted, useEngine } from './engine.ts';
import { NOW, someChange, someEntry, someIntegration, someState } from './some-items.ts';

const changeOf = (id: string) => someChange({ state: someState({ id }) });
const ids = (count: number) => Array.from({ length: count }, (_, index) => `progression-${index}`);

describe('known progressions', () => {
  const engine = useEngine();

  it('after a journal entry is applied, `readKnown` returns the state of its progression, and nothing for an unknown id', async () => {
    const integration = someIntegration();
    const change = changeOf('p1');
    await engine.store().applyEntry(someEntry({ integration, number: 7, changes: [change] }));

    const known = await engine.store().readKnown(integration, ['p1', 'p2']);

    expect(known).toEqual(new Map([['p1', knownAfter(change, 7)]]));
  });

  it('`readKnown` returns the discarded change of a progression, and no learner ids of an erased progression', async () => {
    const integration = someIntegration();
    const discarded = changeOf('p1');
    const changes = [
      { ...discarded, discarded: { ...someState({ id: 'p1', status: 'DROPPED' }), erased: false } },
      { ...changeOf('p2'), erased: true },
    ];
    await engine.store().applyEntry(someEntry({ integration, changes }));

    const known = await engine.store().readKnown(integration, ['p1', 'p2']);

    expect(known.get('p1')?.discarded).toEqual({
      ...someState({ id: 'p1', status: 'DROPPED' }),
      erased: false,
    });
    expect(known.get('p2')).toMatchObject({ erased: true, learner: { id: null, remoteId: null } });
  });

  it('a journal entry changes a progression only if the last entry of the stored progression has a lower number', async () => {
    const integration = someIntegration();
    const store = engine.store();
    const at = (number: number, status: 'ENROLLED' | 'DROPPED') =>
      someEntry({
        integration,
        number,
        changes: [someChange({ state: someState({ id: 'p1', status }) })],
      });
    await store.applyEntry(at(2, 'DROPPED'));

    await store.applyEntry(at(1, 'ENROLLED'));
    await store.applyEntry(at(2, 'ENROLLED'));

    expect((await store.readKnown(integration, ['p1'])).get('p1')).toMatchObject({
      entry: 2,
      state: { status: 'DROPPED' },
    });
  });

  it('a progression that a journal entry changes twice is written once, with the second state', async () => {
    const integration = someIntegration();
    const { calls, counts } = counted(engine.calls());
    const changes = [
      someChange({ previous: null, state: someState({ id: 'p1', status: 'DROPPED' }) }),
      someChange({ state: someState({ id: 'p1', status: 'ENROLLED' }) }),
    ];

    await engine.store(calls).applyEntry(someEntry({ integration, changes }));

    expect(counts).toEqual({ batchExecuteStatement: 1 });
    const known = await engine.store().readKnown(integration, ['p1']);
    expect(known.get('p1')?.state.status).toBe('ENROLLED');
  });

  it('`readKnown` returns the same states whether or not the records that Kombo shows now are passed', async () => {
    const integration = someIntegration();
    const shown = ids(6).map((id) => observed({ id }));
    const [same, moved, discarded, erased, learner, course] = shown.map(({ state, ...record }) =>
      someChange({ ...record, state }),
    );
    const changes = [
      same,
      moved && { ...moved, state: { ...moved.state, changedAt: NOW } },
      discarded && { ...discarded, discarded: { ...someState({ status: 'DROPPED' }), erased: false } },
      erased && { ...erased, erased: true },
      learner && { ...learner, learner: { ...learner.learner, remoteId: null } },
      course && { ...course, course: { ...course.course, revisionId: 'r2' } },
    ].filter((change) => change !== undefined);
    await engine.store().applyEntry(someEntry({ integration, number: 7, changes }));

    const known = await engine.store().readKnown(integration, ids(6), shown);

    expect(known).toEqual(await engine.store().readKnown(integration, ids(6)));
    expect([...known.values()].toSorted((a, b) => a.state.id.localeCompare(b.state.id))).toEqual(
      changes.map((change) => knownAfter(change, 7)),
    );
  });

  it('the known states of 250 progressions are read with three DynamoDB requests, even if each id is passed twice', async () => {
    const integration = someIntegration();
    const changes = ids(250).map(changeOf);
    await engine.store().applyEntry(someEntry({ integration, changes }));
    const { calls, counts } = counted(engine.calls());

    const known = await engine.store(calls).readKnown(integration, [...ids(250), ...ids(250)]);

    expect(known.size).toBe(250);
    expect(counts).toEqual({ batchGetItem: 3 });
  });

  it('DynamoDB is not asked for known states when no ids are passed', async () => {
    const { calls, counts } = counted(engine.calls());

    expect(await engine.store(calls).readKnown(someIntegration(), [])).toEqual(new Map());
    expect(counts).toEqual({});
  });

  it('a known progression with long ids costs one capacity unit to read and one to write', async () => {
    const integration = someIntegration();
    const long = (name: string) => `${name}-7C9M5sXAQx2cNMpVHLojrFpL-7C9M5sXAQx2c`;
    const state = someState({ id: long('p'), remoteId: long('r'), removedAt: someState().completedAt });
    const change = someChange({
      previous: null,
      state,
      discarded: { ...state, erased: false },
      learner: { id: long('l'), remoteId: long('lr') },
      course: {
        id: long('c'),
        remoteId: long('cr'),
        revisionId: long('v'),
        revisionRemoteId: long('vr'),
        title: 'Fire safety',
      },
    });
    const calls = engine.calls();
    const units: Record<string, number | undefined> = {};
    const measured = {
      ...calls,
      async batchExecuteStatement(input: Parameters<typeof calls.batchExecuteStatement>[0]) {
        const answer = await calls.batchExecuteStatement({ ...input, ReturnConsumedCapacity: 'TOTAL' });
        units['write'] = answer.ConsumedCapacity?.[0]?.CapacityUnits;
        return answer;
      },
      async batchGetItem(input: Parameters<typeof calls.batchGetItem>[0]) {
        const answer = await calls.batchGetItem({ ...input, ReturnConsumedCapacity: 'TOTAL' });
        units['read'] = answer.ConsumedCapacity?.[0]?.CapacityUnits;
        return answer;
      },
    };

    await engine.store(measured).applyEntry(someEntry({ integration, changes: [change] }));
    await engine.store(measured).readKnown(integration, [state.id]);

    expect(units).toEqual({ write: 1, read: 1 });
  });

  it('when DynamoDB leaves keys of known states unprocessed, only these keys are requested again', async () => {
    const integration = someIntegration();
    await engine.store().applyEntry(someEntry({ integration, changes: ids(3).map(changeOf) }));
    const calls = engine.calls();
    const asked: number[] = [];
    const halving = {
      ...calls,
      async batchGetItem(input: Parameters<typeof calls.batchGetItem>[0]) {
        const keys = input.RequestItems?.[engine.table()]?.Keys ?? [];
        asked.push(keys.length);
        const answer = await calls.batchGetItem({
          RequestItems: { [engine.table()]: { Keys: keys.slice(0, 1) } },
        });
        const rest = keys.slice(1);
        return { ...answer, UnprocessedKeys: rest.length > 0 ? { [engine.table()]: { Keys: rest } } : {} };
      },
    };

    const known = await engine.store(halving).readKnown(integration, ids(3));

    expect([...known.keys()].sort()).toEqual(ids(3));
    expect(asked).toEqual([3, 2, 1]);
  });

  it('reading known states throws a transient error when keys stay unprocessed in each of seven requests', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    let requests = 0;
    const calls = {
      ...engine.calls(),
      async batchGetItem() {
        requests += 1;
        const keys = [{ pk: { S: 'a' }, sk: { S: 'b' } }];
        return { $metadata: {}, UnprocessedKeys: { [engine.table()]: { Keys: keys } } };
      },
    };

    const reading = expect(engine.store(calls).readKnown(someIntegration(), ['p1'])).rejects.toThrow(
      TransientError,
    );
    await vi.advanceTimersByTimeAsync(10_000);

    await reading;
    expect(requests).toBe(7);
  });

  it('when DynamoDB denies access, reading known states throws a deployment error without a retry', async () => {
    const refused = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    let requests = 0;
    const calls = {
      ...engine.calls(),
      async batchGetItem() {
        requests += 1;
        throw refused;
      },
    };

    await expect(engine.store(calls).readKnown(someIntegration(), ['p1'])).rejects.toThrow(DeploymentError);
    expect(requests).toBe(1);
  });

  it('the error about a damaged stored progression contains the key of the item and the name of the invalid field', async () => {
    const integration = someIntegration();
    await engine.store().applyEntry(someEntry({ integration, changes: [changeOf('p1')] }));
    const [item] = JSON.parse(await engine.scan()).filter((it: { sk: { S: string }; pk: { S: string } }) =>
      it.pk.S.startsWith(`progressions/${integration}/`),
    );
    await engine.calls().putItem({
      TableName: engine.table(),
      Item: { pk: item.pk, sk: item.sk, entry: { N: '1' }, content: { S: '["r","LOST"]' } },
    });

    const reading = engine.store().readKnown(integration, ['p1']);

    await expect(reading).rejects.toThrow(IntegrationError);
    await expect(reading).rejects.toThrow(
      `The stored item ${item.pk.S} p1 is damaged: state.status is not valid (invalid_value)`,
    );
  });
});
