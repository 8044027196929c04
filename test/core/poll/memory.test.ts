import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { PollMode } from '../../../functions/contract/messages.ts';
import { runPoll } from '../../../functions/core/poll/run-poll.ts';
import type { Kombo, Ports } from '../../../functions/core/ports.ts';
import type { ObservedProgression } from '../../../functions/core/state/progression.ts';
import { memoryStore } from '../../support/memory-store.ts';
import { known, observed } from '../../support/observed.ts';
import { recordingPublisher } from '../../support/recording-publisher.ts';
import { SETTINGS } from '../../support/world.ts';

const FEW = 20;
const MANY = 120;
const PAGE_SIZE = 250;
const PAGES_PER_MEASUREMENT = 10;
/**
 * The maximum growth of memory in bytes per record. The measurement error is at most 7. A run that kept an id
 * per record would need 50 or more.
 */
const BYTES_PER_RECORD = 30;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

test.each<PollMode>(['baseline', 'reconcile'])(
  'the memory that a run with the mode %s uses does not grow with the number of its records',
  async (mode) => {
    await mostInUse(FEW, mode);
    const few = await mostInUse(FEW, mode);
    const many = await mostInUse(MANY, mode);
    expect((many - few) / ((MANY - FEW) * PAGE_SIZE)).toBeLessThan(BYTES_PER_RECORD);
  },
);

/** Returns the largest number of bytes in use during a run with this number of generated pages. */
async function mostInUse(pages: number, mode: PollMode): Promise<number> {
  let most = 0;
  const look = (page: number) => {
    if (page % PAGES_PER_MEASUREMENT !== 0) return;
    collectGarbage();
    most = Math.max(most, process.memoryUsage().heapUsed);
  };
  const outcome = await runPoll({ ...portsOfNothing(pages, mode, look) }, SETTINGS, {
    integration: {
      id: 'moodle:test',
      state: 'active',
      baseline: { mode: 'silent' },
      addedAt: '2026-03-02T08:00:00.000Z',
    },
    mode,
    owner: 'worker',
    timeLeft: () => true,
  });
  expect(outcome).toMatchObject({ kind: 'ended' });
  return most;
}

/**
 * Creates a Kombo that generates each page on request, and a table that stores nothing and knows either every
 * record or none.
 */
function portsOfNothing(pages: number, mode: PollMode, look: (page: number) => void): Ports {
  const checkpoints = memoryStore('moodle:test');
  const kombo: Kombo = {
    async readPage({ updatedAfter, cursor }) {
      const page = Number(cursor ?? 0);
      look(page);
      const records =
        updatedAfter === null ? Array.from({ length: PAGE_SIZE }, (_, at) => record(page, at)) : [];
      const next = updatedAfter === null && page + 1 < pages ? String(page + 1) : null;
      return { records, rejected: [], next, servedAt: '2026-03-02T08:00:00.000Z' };
    },
    readByIds: async () => ({ records: [], rejected: [] }),
    readDataExpiredAt: async () => null,
  };
  return {
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
          mode === 'baseline'
            ? []
            : ids.map((id) => [id, known({ ...record(0, 0).state, id, remoteId: `remote-${id}` })]),
        ),
      appendEntry: async () => undefined,
      applyEntry: async () => undefined,
    },
    publisher: recordingPublisher(),
    clock: () => Date.parse('2026-03-02T08:00:00.000Z'),
  };
}

function record(page: number, at: number): ObservedProgression {
  return observed({ id: `progression-${page}-${at}-of-many` });
}
