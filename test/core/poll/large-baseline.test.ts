import { expect, test } from 'vitest';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { runPoll } from '../../../functions/core/poll/run-poll.ts';
import type { Kombo, Ports, PublishResult } from '../../../functions/core/ports.ts';
import type { JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { known, observed } from '../../support/observed.ts';
import { recordingPublisher } from '../../support/recording-publisher.ts';
import { SETTINGS } from '../../support/world.ts';

/**
 * The number of records. For more, run `RECORDS=1000000 npx vitest run
 * test/core/poll/large-baseline.test.ts`.
 */
const RECORDS = Number(process.env['RECORDS'] ?? 25_000);
const PAGE_SIZE = 250;
/** The number of pages that one call has time for. */
const PAGES_PER_CALL = 7;
/** In one of `ENTRIES_PER_FAILURE` calls, the bus accepts the first half of the events and then fails. */
const ENTRIES_PER_FAILURE = 11;
const INTEGRATION = 'moodle:test';
const NOW = Date.parse('2026-03-02T08:00:00.000Z');

test('a baseline of 25,000 records takes many polls and publishes each record once, even when the bus accepts only some events of an entry', async () => {
  const { ports, notified } = largeSchool();
  let calls = 0;
  let kind = 'more';
  while (kind === 'more' || kind === 'failed') {
    calls += 1;
    let pages = 0;
    const outcome = await runPoll(ports, SETTINGS, {
      integration: {
        id: INTEGRATION,
        state: 'active',
        baseline: { mode: 'publish' },
        addedAt: '2026-03-02T08:00:00.000Z',
      },
      owner: `call-${calls}`,
      timeLeft: () => {
        pages += 1;
        return pages < PAGES_PER_CALL;
      },
    });
    kind = outcome.kind;
  }

  expect(kind).toBe('ended');
  expect(calls).toBeGreaterThan(RECORDS / PAGE_SIZE / PAGES_PER_CALL);
  expect(notified.times.every((times) => times === 1)).toBe(true);
});

/** Creates fakes of Kombo, the table and the bus for many records. They store only a number per record. */
function largeSchool() {
  const checkpoints = memoryStore(INTEGRATION);
  const writtenBy = new Int32Array(RECORDS);
  const notified = { times: new Uint8Array(RECORDS), ids: new Set<string>() };
  let last: JournalEntry | null = null;
  let published = 0;

  const kombo: Kombo = {
    async readPage({ cursor }) {
      const from = Number(cursor ?? 0);
      const size = Math.min(PAGE_SIZE, RECORDS - from);
      const records = Array.from({ length: size }, (_, at) => observed({ id: String(from + at) }));
      const next = from + PAGE_SIZE < RECORDS ? String(from + PAGE_SIZE) : null;
      return { records, rejected: [], next, servedAt: '2026-03-02T08:00:00.000Z' };
    },
    readByIds: async () => ({ records: [], rejected: [] }),
    readDataExpiredAt: async () => null,
  };

  /**
   * Counts the publications of an event. Throws if the bus has already accepted the event: a second attempt
   * to publish an entry must leave out the accepted events of the first attempt.
   */
  const tell = ({ detail }: LearningEvent) => {
    const place = Number(detail.progression.id);
    notified.times[place] = (notified.times[place] ?? 0) + 1;
    if (notified.ids.has(detail.id)) throw new Error(`${detail.id} was accepted, and is sent again`);
    notified.ids.add(detail.id);
  };

  const ports: Ports = {
    kombo,
    store: {
      ...checkpoints,
      async saveCheckpoint(...args) {
        await checkpoints.saveCheckpoint(...args);
        checkpoints.written.length = 0;
        checkpoints.calls.length = 0;
      },
      readKnown: async (_integration, ids) =>
        new Map(
          ids.flatMap((id) => {
            const entry = writtenBy[Number(id)] ?? 0;
            return entry === 0 ? [] : [[id, known({ id }, { entry })]];
          }),
        ),
      async appendEntry(entry) {
        expect(entry.number).toBe((last?.number ?? 0) + 1);
        last = entry;
        notified.ids.clear();
      },
      readEntry: async (_integration, number) => (last?.number === number ? last : null),
      async applyEntry({ changes, number }) {
        for (const { state } of changes) writtenBy[Number(state.id)] = number;
      },
    },
    publisher: {
      ...recordingPublisher(),
      async publish(events): Promise<PublishResult> {
        published += 1;
        const fails = published % ENTRIES_PER_FAILURE === 0;
        const taken = fails ? events.slice(0, events.length / 2) : events;
        for (const event of taken) tell(event);
        const error = fails ? new TransientError('the bus is gone') : null;
        return { accepted: taken.map((_, index) => index), refused: [], error };
      },
    },
    clock: () => NOW,
  };
  return { ports, notified };
}
