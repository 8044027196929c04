import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/contract/integration.ts';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import { AccessRefusedError, RateLimitedError, TransientError } from '../../../functions/core/errors.ts';
import { syncWithKombo } from '../../../functions/core/operator/sync-with-kombo.ts';
import type { PollOutcome } from '../../../functions/core/poll/run-poll.ts';
import { type PollParts, pollHandler } from '../../../functions/poll/handler.ts';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

/**
 * The remaining time of the function in milliseconds: enough for many pages, or exactly the 90 seconds that
 * the handler reserves for the current page.
 */
const PLENTY_MS = 15 * MINUTE_MS;
const SPENT_MS = 90_000;

const eventOf = (...bodies: string[]) => ({ Records: bodies.map((body) => ({ body })) });

/**
 * Creates the handler with a stored integration, and records the messages that the handler sends and its
 * reports.
 */
async function functionOn(w: World, parts: Partial<PollParts> = {}, stored: Partial<Integration> = {}) {
  await w.store.changeIntegration(w.integration.id, () => ({ ...w.integration, ...stored }));
  w.store.calls.length = 0;
  const sent: PollMessage[] = [];
  const outcomes: PollOutcome[] = [];
  const handle = pollHandler({
    ports: w.ports,
    settings: w.settings,
    queue: { send: async (messages) => void sent.push(...messages) },
    report: (_, outcome) => void outcomes.push(outcome),
    ...parts,
  });
  return {
    sent,
    outcomes,
    handle,
    receive: (message: Partial<PollMessage> = {}, leftMs = PLENTY_MS) =>
      handle(eventOf(JSON.stringify({ integration: w.integration.id, ...message })), {
        getRemainingTimeInMillis: () => leftMs,
      }),
  };
}

/**
 * Creates a synced integration whose learners have all started, so that the next run has pages with events.
 */
async function worldWithNews(pageSize = 1): Promise<World> {
  const w = await synced(['a', 'b', 'c']);
  w.kombo.pageSize = pageSize;
  w.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
  return w;
}

/**
 * Requests another poll while each page is read: another worker tries to acquire the lease and finds it held.
 */
function wantedMeanwhile(w: World): void {
  w.kombo.beforePage = () => {
    const until = new Date(w.clock.read() + MINUTE_MS).toISOString();
    w.store.takeLease(w.integration.id, { owner: 'another', until }, new Date(w.clock.read()).toISOString());
  };
}

describe('a message of the poll queue', () => {
  it('the poll function polls the integration of its message and sends no further message when the run has ended', async () => {
    const w = await worldWithNews();
    const { receive, sent, outcomes } = await functionOn(w);
    await receive();
    expect(w.types()).toEqual(['CourseStarted', 'CourseStarted', 'CourseStarted']);
    expect(outcomes).toMatchObject([{ kind: 'ended', again: false }]);
    expect(sent).toEqual([]);
  });

  it('the poll function sends its message again when it has no time left before the run ends', async () => {
    const w = await worldWithNews();
    const { receive, sent, outcomes } = await functionOn(w);
    await receive({}, SPENT_MS);
    expect(outcomes).toMatchObject([{ kind: 'more' }]);
    expect(w.types()).toEqual(['CourseStarted']);
    expect(sent).toEqual([{ integration: w.integration.id }]);
  });

  it('a poll continues while the remaining time is longer than the time reserved for a page', async () => {
    const w = await worldWithNews();
    const { receive, outcomes } = await functionOn(w);
    await receive({}, SPENT_MS + 1);
    expect(outcomes).toMatchObject([{ kind: 'ended' }]);
  });

  it('when no time is left before a requested reconciliation begins, the next poll begins it', async () => {
    const w = await worldWithNews();
    const { receive, sent, outcomes } = await functionOn(w);
    await receive({ mode: 'reconcile' }, SPENT_MS);
    expect(w.store.place().checkpoint.reconciliation).toMatchObject({ pages: 0 });
    expect(sent).toEqual([{ integration: w.integration.id }]);

    await receive(sent[0], PLENTY_MS);

    expect(outcomes.at(-1)).toMatchObject({ ended: [{ mode: 'incremental' }, { mode: 'reconcile' }] });
    expect(sent).toHaveLength(1);
  });

  it('the poll function sends a poll message when another poll of the integration was requested during its poll', async () => {
    const w = await worldWithNews();
    wantedMeanwhile(w);
    const { receive, sent, outcomes } = await functionOn(w);
    await receive({ mode: 'reconcile' });
    expect(outcomes).toMatchObject([{ kind: 'ended', again: true }]);
    expect(sent).toEqual([{ integration: w.integration.id }]);
  });

  it.each([
    ['sends a poll message if another poll was requested during it', true],
    ['sends no poll message if no other poll was requested', false],
  ])('a poll that is held because of a mass change %s', async (_, again) => {
    const w = await synced(['a', 'b', 'c'], { mode: 'silent' }, { surgeFloor: 1 });
    w.put(...['a', 'b', 'c'].map((id) => observed({ id, removedAt: '2026-03-02T08:30:00.000Z' })));
    if (again) wantedMeanwhile(w);
    const { receive, sent, outcomes } = await functionOn(w);
    await receive();
    expect(outcomes).toMatchObject([{ kind: 'held', again }]);
    expect(sent).toEqual(again ? [{ integration: w.integration.id }] : []);
  });
});

describe('a poll after which no message is sent', () => {
  it('while another worker holds the lease, the poll function sends no message and requests a further poll from this worker', async () => {
    const w = await worldWithNews();
    const lease = { owner: 'another', until: new Date(w.clock.read() + MINUTE_MS).toISOString() };
    await w.store.takeLease(w.integration.id, lease, new Date(w.clock.read()).toISOString());
    const { receive, sent, outcomes } = await functionOn(w);
    await receive();
    expect(outcomes).toMatchObject([{ kind: 'busy' }]);
    expect(sent).toEqual([]);
    expect(w.store.place().again).toBe(true);
  });

  it('the poll function sends no message when its lease expires during the poll', async () => {
    const w = await worldWithNews();
    w.kombo.beforePage = () => w.clock.advance(w.settings.leaseMs + 1);
    const { receive, sent, outcomes } = await functionOn(w);
    await receive();
    expect(outcomes).toEqual([{ kind: 'superseded' }]);
    expect(sent).toEqual([]);
  });

  it('the poll function sends no message when the baseline that its message requests is refused', async () => {
    const w = await worldWithNews();
    const { receive, sent, outcomes } = await functionOn(w);
    await receive({ mode: 'baseline' });
    expect(outcomes).toMatchObject([{ kind: 'refused' }]);
    expect(sent).toEqual([]);
  });

  it('the poll function sends no message when a run fails, because the next dispatch polls the integration', async () => {
    const w = await worldWithNews();
    w.kombo.failures.push(new TransientError('Kombo is away'));
    const { receive, sent, outcomes } = await functionOn(w);
    await receive({ mode: 'reconcile' });
    expect(outcomes).toMatchObject([{ kind: 'failed', failure: { message: 'Kombo is away' } }]);
    expect(sent).toEqual([]);
  });

  it.each(['paused', 'removed'] as const)(
    'the poll function does nothing when the integration is %s',
    async (state) => {
      const w = await worldWithNews();
      const { receive, sent, outcomes } = await functionOn(w, {}, { state });
      await receive();
      expect({ sent, outcomes, calls: w.store.calls, reads: w.kombo.reads }).toEqual({
        sent: [],
        outcomes: [],
        calls: [],
        reads: [],
      });
    },
  );

  it('the poll function publishes the journal entry of an interrupted poll, even if the integration was removed', async () => {
    const w = await worldWithNews(100);
    const { calls } = await w.pollWithFault({ at: 4, kind: 'killed', tookEffect: true });
    expect(calls.at(-1)).toBe('appendEntry');
    const { receive, sent, outcomes } = await functionOn(w, {}, { state: 'removed' });

    await receive();
    expect(w.types()).toEqual([]);
    w.clock.advance(w.settings.leaseMs);
    await receive();

    expect(w.types()).toEqual(['CourseStarted', 'CourseStarted', 'CourseStarted']);
    expect(w.store.place().lease).toBeNull();
    expect({ sent, outcomes, reads: w.kombo.reads.length }).toEqual({ sent: [], outcomes: [], reads: 1 });
  });

  it('the poll function does nothing when the integration of its message is unknown', async () => {
    const w = world();
    const { receive, outcomes } = await functionOn(w);
    await receive({ integration: 'moodle:unknown' });
    expect(outcomes).toEqual([]);
  });
});

describe('a message that is not valid', () => {
  it.each([
    ['an event without a record', eventOf(), /Records/],
    ['an event with two records', eventOf('{"integration":"moodle:test"}', '{}'), /Records/],
    ['a message that is not JSON', eventOf('moodle:test'), /is not valid JSON/],
    ['a message without an integration', eventOf('{}'), /integration/],
    ['an invalid integration id', eventOf('{"integration":"a/b"}'), /integration/],
    ['an unknown mode', eventOf('{"integration":"moodle:test","mode":"again"}'), /mode/],
    ['an event that is not from a queue', { body: '{}' }, /Records/],
  ])(
    'the poll function throws an error for %s, so that the message reaches the dead-letter queue',
    async (_, event, reason) => {
      const w = await worldWithNews();
      const { handle, sent, outcomes } = await functionOn(w);
      await expect(handle(event, { getRemainingTimeInMillis: () => PLENTY_MS })).rejects.toThrow(reason);
      expect({ sent, outcomes, calls: w.store.calls }).toEqual({ sent: [], outcomes: [], calls: [] });
    },
  );
});

describe('a message with `follow`', () => {
  /** Creates a fake of the status check at Kombo that records its calls. */
  function lookAtKombo(answer: (w: World) => Integration | null, w: World) {
    const asked: unknown[] = [];
    const owners = new Set<string>();
    const follow: PollParts['sync'] = async (id, why, owner) => {
      asked.push([id, why]);
      owners.add(owner);
      return answer(w);
    };
    return { asked, owners, follow };
  }

  it('when a webhook caused the poll message (field `follow`), the poll function checks the integration at Kombo before it polls', async () => {
    const w = await worldWithNews();
    const { asked, owners, follow } = lookAtKombo(({ integration }) => integration, w);
    const { receive, outcomes } = await functionOn(
      w,
      { sync: follow },
      { state: 'paused', pausedBy: 'kombo' },
    );
    await receive({ follow: 'changed' });
    await receive({ follow: 'created' });
    expect(asked).toEqual([
      [w.integration.id, 'changed'],
      [w.integration.id, 'created'],
    ]);
    expect(owners.size).toBe(2);
    expect(outcomes).toMatchObject([{ kind: 'ended' }, { kind: 'ended' }]);
  });

  it.each([
    ['a paused integration', ({ integration }: World): Integration => ({ ...integration, state: 'paused' })],
    ['null, for an integration that does not belong to this deployment', () => null],
  ])(
    'a message that a webhook caused (`follow`) starts no poll when the look-up of the integration at Kombo returns %s',
    async (_, answer) => {
      const w = await worldWithNews();
      const { receive, outcomes } = await functionOn(w, { sync: lookAtKombo(answer, w).follow });
      await receive({ follow: 'changed' });
      expect({ outcomes, reads: w.kombo.reads }).toEqual({ outcomes: [], reads: [] });
    },
  );

  it('the poll function throws an error for a message that a webhook caused (`follow`) when the look-up of the integration at Kombo fails', async () => {
    const w = await worldWithNews();
    const follow = () => Promise.reject(new TransientError('Kombo is away'));
    const { receive, outcomes } = await functionOn(w, { sync: follow });
    await expect(receive({ follow: 'changed' })).rejects.toThrow('Kombo is away');
    expect(outcomes).toEqual([]);
  });

  it('when its message has no field `follow`, or webhooks are disabled, the poll function polls and does not ask Kombo for the state of the integration', async () => {
    const w = await worldWithNews();
    const { asked, follow } = lookAtKombo(() => null, w);
    const alone = await functionOn(w);
    await alone.receive({ follow: 'changed' });
    expect(alone.outcomes).toMatchObject([{ kind: 'ended' }]);

    const { receive, outcomes } = await functionOn(w, { sync: follow });
    await receive();
    expect(outcomes).toMatchObject([{ kind: 'ended' }]);
    expect(asked).toEqual([]);
  });
});

describe("a run that Kombo's rate limit stops", () => {
  const limitFor = (waitMs: number) => new RateLimitedError('too many requests', { waitMs });

  /** Creates the handler and records the messages that it sends, with their delays. */
  async function limitedFunction(w: World, parts: Partial<PollParts> = {}) {
    const delayed: { message: PollMessage | undefined; delayMs: number | undefined }[] = [];
    const queue = {
      send: async ([message]: PollMessage[], delayMs?: number) => void delayed.push({ message, delayMs }),
    };
    return { delayed, ...(await functionOn(w, { queue, ...parts })) };
  }

  it("when Kombo's rate limit stops a run, the poll message is sent again after the limit, and the integration stays healthy", async () => {
    const w = await worldWithNews();
    w.kombo.failures = [null, limitFor(5 * MINUTE_MS)];
    const { receive, delayed, outcomes } = await limitedFunction(w);
    const until = new Date(w.clock.read() + 5 * MINUTE_MS).toISOString();

    await receive({ mode: 'reconcile' });

    expect(outcomes).toEqual([{ kind: 'limited', until, isNew: true }]);
    expect(delayed).toEqual([{ message: { integration: w.integration.id }, delayMs: 5 * MINUTE_MS + 1_000 }]);
    expect(w.store.place().checkpoint).toMatchObject({ health: { state: 'healthy' }, limitedUntil: until });
    expect(w.store.place().lease).toBeNull();
  });

  it("while Kombo's rate limit lasts, the poll function makes no request to Kombo, and afterwards the run continues from its page", async () => {
    const w = await worldWithNews();
    w.kombo.failures = [null, limitFor(5 * MINUTE_MS)];
    const { receive, delayed, outcomes } = await limitedFunction(w);
    await receive();
    w.kombo.reads.length = 0;

    w.clock.advance(5 * MINUTE_MS - 1);
    await receive();
    expect(outcomes.at(-1)).toMatchObject({ kind: 'limited', isNew: false });
    expect([w.kombo.reads, delayed.length]).toEqual([[], 1]);

    w.clock.advance(1);
    await receive();
    expect(outcomes.at(-1)).toMatchObject({ kind: 'ended' });
    expect(w.kombo.reads[0]?.cursor).toBe('at-1');
    expect(w.types()).toEqual(['CourseStarted', 'CourseStarted', 'CourseStarted']);
    expect(w.store.place().checkpoint.limitedUntil).toBeNull();
  });

  it("Kombo's rate limit does not change the health of a failing integration", async () => {
    const w = await worldWithNews();
    w.kombo.failures = [new TransientError('down'), limitFor(MINUTE_MS)];
    const { receive } = await limitedFunction(w);
    await receive();
    const { health } = w.store.place().checkpoint;

    await receive();

    expect(w.store.place().checkpoint.health).toEqual(health);
    expect(w.bus.notified.map(({ type }) => type)).not.toContain('IntegrationFailing');
  });

  it('while another poll holds the lease, a poll message with `follow` is sent again for the end of the lease, and is then processed', async () => {
    const w = await worldWithNews();
    const parts = { ports: w.ports, settings: w.settings, baseline: w.integration.baseline };
    const readKomboStatus = async () => ({ category: 'LMS', state: 'inactive' as const });
    const { receive, delayed, outcomes } = await limitedFunction(w, {
      sync: (id, why, owner) => syncWithKombo({ ...parts, readKomboStatus }, id, why, owner),
    });
    const now = w.clock.read();
    const lease = { owner: 'another', until: new Date(now + MINUTE_MS).toISOString() };
    await w.store.takeLease(w.integration.id, lease, new Date(now).toISOString());

    await receive({ follow: 'changed' });

    expect(delayed).toEqual([
      { message: { integration: w.integration.id, follow: 'changed' }, delayMs: MINUTE_MS },
    ]);
    w.clock.advance(MINUTE_MS);
    await receive(delayed[0]?.message);
    expect(await w.store.readIntegration(w.integration.id)).toMatchObject({ pausedBy: 'kombo' });
    expect({ outcomes, sent: delayed.length }).toEqual({ outcomes: [], sent: 1 });
  });

  it("when Kombo's rate limit stops the work for a poll message with `follow`, the same message is sent again after the limit", async () => {
    const w = await worldWithNews();
    const follow = () => Promise.reject(limitFor(MINUTE_MS));
    const { receive, delayed } = await limitedFunction(w, { sync: follow });

    await receive({ follow: 'changed' });

    expect(delayed).toEqual([
      { message: { integration: w.integration.id, follow: 'changed' }, delayMs: MINUTE_MS },
    ]);
  });
});

it.each([
  [['IntegrationFailing'], { othersLetIn: true as const }],
  [[], {}],
])(
  'after a refusal by Kombo, the poll publishes %j for a message with the fields %j',
  async (types, fields) => {
    const w = await synced();
    const { receive } = await functionOn(w);
    w.kombo.readPage = async () => {
      throw new AccessRefusedError('Kombo returned 403');
    };
    w.bus.notified.length = 0;
    await receive(fields);
    expect(w.bus.notified.map(({ type }) => type)).toEqual(types);
  },
);
