import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFirstSyncWhole, passProof } from '../../../functions/core/poll/pass-proof.ts';
import { type Checkpoint, newCheckpoint, type Run } from '../../../functions/core/state/checkpoint.ts';
import type { Page } from '../../../functions/core/state/progression.ts';
import { startRun } from '../../../functions/core/state/run-progress.ts';
import { observed } from '../../support/observed.ts';

const AT = '2026-03-01T09:00:00.000Z';
const pageOf = (ids: string[], rejected: Page['rejected'] = []): Page => ({
  records: ids.map((id) => observed({ id })),
  rejected,
  next: null,
  servedAt: AT,
});

describe('the proof that a pass has shown every record', () => {
  test('a pass is proven to be complete when each of 5,000 ids was shown once, but not when one id was shown twice', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `progression-${index}`);
    const whole = passProof();
    const repeated = passProof();
    for (let at = 0; at < ids.length; at += 250) {
      whole.add(pageOf(ids.slice(at, at + 250)));
      repeated.add(pageOf(ids.slice(at, at + 250)));
    }
    repeated.add(pageOf(['progression-17']));

    expect(whole.holds()).toBe(true);
    expect(repeated.holds()).toBe(false);
  });

  test('a pass is not proven to be complete when a record could not be read', () => {
    const proof = passProof();
    proof.add(pageOf(['a'], [{ id: 'b', reason: 'status is not a string' }]));
    expect(proof.holds()).toBe(false);
  });

  /**
   * Generates a change between two pages: a record moves to another position in the order, or a new record
   * appears.
   */
  const step = fc.record({ from: fc.nat(), to: fc.nat(), isNew: fc.boolean() });

  test('a pass is not proven to be complete when a record was skipped because other records moved', () => {
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
          const proof = passProof();
          for (let page = 0; page * pageSize < order.length; page += 1) {
            const ids = order.slice(page * pageSize, (page + 1) * pageSize);
            proof.add(pageOf(ids));
            for (const id of ids) shown.add(id);
            for (const { from, to, isNew } of changes[page] ?? []) {
              const [id = ''] = isNew ? [`new${order.length}`] : order.splice(from % order.length, 1);
              order.splice(to % (order.length + 1), 0, id);
              moved.add(id);
            }
          }
          const skipped = atFirst.filter((id) => !shown.has(id) && !moved.has(id));
          return skipped.length === 0 || !proof.holds();
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
