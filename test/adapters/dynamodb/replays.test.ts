import { describe, expect, it } from 'vitest';
import { createReplayStore } from '../../../functions/adapters/dynamodb/replay-items.ts';
import { ReplayChangedError } from '../../../functions/core/errors.ts';
import type { ReplayRecord } from '../../../functions/core/replay/replay-record.ts';
import { counted, sentTwice, useEngine } from './engine.ts';
import { NOW, someChange, someEntry, someIntegration } from './some-items.ts';

const someReplay = (integration: string, given: Partial<ReplayRecord> = {}): ReplayRecord => ({
  integration,
  id: 'r1',
  reason: 'the certificates were down',
  consumer: 'certificates',
  asLive: false,
  rate: 100,
  range: { from: NOW, to: null },
  filter: { types: ['CourseCompleted'], courses: [], learners: [], progressions: [] },
  position: { source: 'journal', last: 9, entry: 1, index: 0 },
  events: 7,
  byType: { CourseCompleted: 7 },
  state: 'running',
  notified: false,
  published: 0,
  refused: 0,
  failure: null,
  orderedAt: NOW,
  movedAt: NOW,
  revision: 0,
  writer: 'w1',
  ...given,
});

describe('replays', () => {
  const engine = useEngine();
  const replays = (calls = engine.calls()) =>
    createReplayStore({ calls, table: engine.table(), retentionDays: 90 });

  it('a replay is found only under the id of its own integration', async () => {
    const [one, other] = [someIntegration(), someIntegration()];
    const replay = someReplay(one);

    await replays().createReplay(replay);

    expect(await replays().readReplay(one, 'r1')).toEqual(replay);
    expect(await replays().readReplay(other, 'r1')).toBeNull();
    expect(await replays().readReplays(other)).toEqual([]);
  });

  it('the replays of an integration are listed with the latest first', async () => {
    const integration = someIntegration();
    const later = someReplay(integration, { id: 'a', orderedAt: '2026-03-02T00:00:00.000Z' });
    await replays().createReplay(someReplay(integration));
    await replays().createReplay(later);

    expect((await replays().readReplays(integration)).map(({ id }) => id)).toEqual(['a', 'r1']);
  });

  it('a changed replay is saved only if its revision is one higher than the stored revision', async () => {
    const integration = someIntegration();
    await replays().createReplay(someReplay(integration));
    const position = {
      source: 'kombo' as const,
      users: ['u'],
      cursor: 'c',
      after: 'p',
      settled: ['e'],
    };
    const next = someReplay(integration, { revision: 1, published: 3, position });

    await replays().saveReplay(next);

    expect(await replays().readReplay(integration, 'r1')).toEqual(next);
    const stale = someReplay(integration, { revision: 1, writer: 'w2' });
    const other = someReplay(integration, { revision: 1, position, published: 4 });
    await expect(replays().saveReplay(other)).rejects.toThrow(ReplayChangedError);
    await expect(replays().saveReplay(stale)).rejects.toThrow(ReplayChangedError);
    await expect(replays().createReplay(stale)).rejects.toThrow(ReplayChangedError);
  });

  it('when a replay is stored but the response is lost, the repeated request does not fail', async () => {
    const integration = someIntegration();
    const lossy = () => replays(sentTwice(engine.calls(), 'putItem'));

    await lossy().createReplay(someReplay(integration));
    await lossy().saveReplay(someReplay(integration, { revision: 1 }));

    expect(await replays().readReplay(integration, 'r1')).toMatchObject({ revision: 1 });
  });

  it("the earliest entry that is left in an integration's journal is read with one DynamoDB request", async () => {
    const integration = someIntegration();
    expect(await replays().readFirstEntry(integration)).toBeNull();
    for (const number of [12, 7, 100]) {
      await engine.store().appendEntry(someEntry({ integration, number }));
    }
    const { calls, counts } = counted(engine.calls());

    expect(await replays(calls).readFirstEntry(integration)).toMatchObject({ number: 7 });
    expect(counts).toEqual({ query: 1 });
  });

  it('the events in a range of journal entries are counted by type without fetching the contents of the entries', async () => {
    const integration = someIntegration();
    const changes = [someChange(), someChange({ events: [] }), someChange()];
    await engine.store().appendEntry(someEntry({ integration, number: 3, changes }));
    await engine.store().appendEntry(someEntry({ integration, number: 4, changes: [] }));
    await engine.store().appendEntry(someEntry({ integration, number: 5 }));
    const calls = engine.calls();
    const received: unknown[] = [];
    const query: typeof calls.query = async (input) => {
      const response = await calls.query(input);
      received.push(...(response.Items ?? []));
      return response;
    };

    const read = await Array.fromAsync(replays({ ...calls, query }).readEventCounts(integration, 3, 4));

    expect(read).toEqual([
      { number: 3, detectedAt: NOW, byType: { CourseCompleted: 2 } },
      { number: 4, detectedAt: NOW, byType: {} },
    ]);
    expect(received).toHaveLength(2);
    expect(JSON.stringify(received)).not.toContain('content');
  });
});
