import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFirstSyncWhole, seenIds } from '../../../functions/core/poll/pass-proof.ts';
import { type Checkpoint, newCheckpoint, type Run } from '../../../functions/core/state/checkpoint.ts';
import { startRun } from '../../../functions/core/state/run-progress.ts';

const AT = '2026-03-01T09:00:00.000Z';

describe('the ids that a pass has shown', () => {
  test('`seenIds` reports no id when 50,000 different ids are added, in pages of any size, and each id when they are added a second time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat({ max: 49_999 }), (pageSize, start) => {
        const ids = Array.from({ length: 50_000 }, (_, index) => `progression-${(index + start) % 50_000}`);
        const seen = seenIds();
        const pages = Array.from({ length: Math.ceil(ids.length / pageSize) }, (_, page) =>
          ids.slice(page * pageSize, (page + 1) * pageSize),
        );
        for (const page of pages) expect(seen.add(page)).toEqual([]);
        for (const page of pages) expect(seen.add(page)).toEqual(page);
      }),
      { numRuns: 3 },
    );
  });

  test('`seenIds` reports each repetition of an id within one page', () => {
    expect(seenIds().add(['a', 'b', 'a', 'c', 'a'])).toEqual(['a', 'a']);
  });

  /**
   * Generates a change between two pages: a record moves to another position in the order, or a new record
   * appears.
   */
  const step = fc.record({ from: fc.nat(), to: fc.nat(), isNew: fc.boolean() });

  test('when a record was skipped because other records moved, the pass has shown an id twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 40 }),
        (size, pageSize, changes) => {
          const order = Array.from({ length: size }, (_, index) => `r${index}`);
          const atFirst = [...order];
          const moved = new Set<string>();
          const shown = new Set<string>();
          const seen = seenIds();
          let repeated = 0;
          for (let page = 0; page * pageSize < order.length; page += 1) {
            const ids = order.slice(page * pageSize, (page + 1) * pageSize);
            repeated += seen.add(ids).length;
            for (const id of ids) shown.add(id);
            for (const { from, to, isNew } of changes[page] ?? []) {
              const [id = ''] = isNew ? [`new${order.length}`] : order.splice(from % order.length, 1);
              order.splice(to % (order.length + 1), 0, id);
              moved.add(id);
            }
          }
          const skipped = atFirst.filter((id) => !shown.has(id) && !moved.has(id));
          return skipped.length === 0 || repeated > 0;
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('a first sync that took several calls', () => {
  const checkpoint = (part: Partial<Checkpoint>): Checkpoint => ({ ...newCheckpoint('moodle:a'), ...part });
  const run = (part: Partial<Run>): Run => ({
    ...startRun('baseline', null, checkpoint({}), AT),
    passRecords: 7,
    ...part,
  });

  test('a first sync that began without known records is proven to be complete when it read as many records as it stored', () => {
    expect(isFirstSyncWhole(run({}), checkpoint({ known: 7 }))).toBe(true);
  });

  test.each<[string, Partial<Run>, Partial<Checkpoint>]>([
    ['a record was shown twice', { passRecords: 8 }, {}],
    ['records were known before the first sync', { knownAtStart: 1 }, {}],
    ['a record is set aside', {}, { hasSetAside: true }],
    ['the first sync restarted from the first page', { restarts: 1 }, {}],
    ['the first sync is in its second pass', { pass: 2 }, {}],
    ['the run is incremental', { mode: 'incremental' }, {}],
    ['the integration was synced before', {}, { watermark: AT }],
  ])('a first sync is not proven to be complete when %s', (_why, runPart, checkpointPart) => {
    expect(isFirstSyncWhole(run(runPart), checkpoint({ known: 7, ...checkpointPart }))).toBe(false);
  });
});
