import { describe, expect, test } from 'vitest';
import { newCheckpoint, type Run } from '../../../functions/core/state/checkpoint.ts';
import {
  afterPage,
  isOver,
  isPassRead,
  nextPass,
  restartPass,
  startRun,
  updatedAfter,
  watermarkAfter,
  withRun,
} from '../../../functions/core/state/run-progress.ts';
import { observed } from '../../support/observed.ts';

const AT = '2026-03-02T08:00:00.000Z';
const checkpoint = { ...newCheckpoint('moodle:test'), entry: 9, watermark: AT };
const run = (rest: Partial<Run> = {}): Run => ({ ...startRun('incremental', AT, checkpoint, AT), ...rest });
const page = (next: string | null, count = 1) => ({
  records: Array.from({ length: count }, (_, at) => observed({ id: `p${at}` })),
  rejected: [{ id: 'bad', reason: 'broken' }],
  next,
  servedAt: AT,
});

describe('a run', () => {
  test('a new run contains the time of its first response and the number of the last journal entry', () => {
    expect(run()).toMatchObject({ startedAt: AT, startEntry: 9, pass: 1, cursor: null });
  });

  test('when a first sync starts over, its `startEntry` stays the same', () => {
    const begunBefore = { ...checkpoint, watermark: null };
    expect(startRun('baseline', null, begunBefore, AT).startEntry).toBe(0);
  });

  test('a run counts its pages and its records, including the records that are set aside', () => {
    const after = afterPage(afterPage(run(), page('a', 2), false), page(null, 3), true);
    expect(after).toMatchObject({
      pages: 2,
      records: 7,
      setAside: 2,
      passPages: 2,
      passRecords: 7,
      cursor: null,
    });
    expect(after.hasUntrusted).toBe(true);
    expect(isPassRead(after)).toBe(true);
    expect(isPassRead(run())).toBe(false);
  });

  test('a run counts unreadable records and unknown statuses only in its first pass', () => {
    const unknown = [observed({ status: null }, { unknownStatus: 'SUSPENDED' })];
    const first = afterPage(run(), { ...page(null), records: unknown }, false);
    expect(first).toMatchObject({ setAside: 1, unknownStatuses: [{ status: 'SUSPENDED', count: 1 }] });
    const second = afterPage(nextPass(first), { ...page(null), records: unknown }, false);
    expect(second).toMatchObject({ setAside: 1, unknownStatuses: [{ status: 'SUSPENDED', count: 1 }] });
  });

  test('a run that read an untrusted record remains marked as untrusted after later pages without such a record', () => {
    expect(afterPage(afterPage(run(), page('a'), true), page(null), false).hasUntrusted).toBe(true);
  });

  test.each<[string, Partial<Run>, boolean]>([
    [
      'ends after a single page, even if the page changed something',
      { passPages: 1, passChanged: true },
      true,
    ],
    ['does not end after the first pass of several pages', { passPages: 2 }, false],
    ['ends after a second pass that changed nothing', { passPages: 2, pass: 2 }, true],
    [
      'does not end after a second pass that changed something',
      { passPages: 2, pass: 2, passChanged: true },
      false,
    ],
    [
      'ends after a third pass, whatever the pass changed',
      { passPages: 2, pass: 3, passChanged: true },
      true,
    ],
    [
      'ends after the first pass if it is a reconciliation',
      { mode: 'reconcile', passPages: 20, passChanged: true },
      true,
    ],
    ['does not end after the first pass if it is a baseline', { mode: 'baseline', passPages: 20 }, false],
  ])('a run %s', (_what, rest, over) => {
    expect(isOver(run(rest))).toBe(over);
  });

  test("the next pass of a run keeps the run's `startedAt` and `updatedAfter`, and begins at the first page", () => {
    const before = { ...afterPage(run(), page('a', 2), false), passChanged: true };
    expect(nextPass(before)).toMatchObject({
      pass: 2,
      passPages: 0,
      passRecords: 0,
      passChanged: false,
      cursor: null,
      mark: null,
      pages: 1,
      startedAt: AT,
      updatedAfter: AT,
    });
  });

  test('when a run restarts from the first page, it stays in the same pass and keeps the mark that this pass changed something', () => {
    const before = { ...afterPage(run(), page('a'), false), passChanged: true };
    expect(restartPass(before)).toMatchObject({ pass: 1, restarts: 1, passChanged: true, cursor: null });
  });

  test('when the first pass restarts, its unreadable records and unknown statuses are not counted twice', () => {
    const shown = { ...page('a'), rejected: [{ id: 'bad', reason: 'no status' }] };
    const once = afterPage(run(), shown, false);
    const status = { status: 'EXPIRED', count: 1, sample: ['p1'] };
    const again = afterPage(restartPass({ ...once, unknownStatuses: [status] }), shown, false);
    expect(again).toMatchObject({ setAside: 1, unknownStatuses: [] });
    expect(restartPass({ ...once, pass: 2 })).toMatchObject({ setAside: 1 });
  });

  test('a reconciliation and an incremental run or baseline are stored in different fields of the checkpoint', () => {
    expect(withRun(checkpoint, run({ mode: 'baseline' })).run?.mode).toBe('baseline');
    expect(withRun(checkpoint, run({ mode: 'reconcile' }))).toMatchObject({
      run: null,
      reconciliation: { mode: 'reconcile' },
    });
  });
});

describe('the watermark', () => {
  test('an incremental run after the first sync requests the changes since the watermark minus the overlap, and any other run requests all records', () => {
    expect(updatedAfter('incremental', AT, 15 * 60_000)).toBe('2026-03-02T07:45:00.000Z');
    expect(updatedAfter('baseline', AT, 1)).toBeNull();
    expect(updatedAfter('reconcile', AT, 1)).toBeNull();
    expect(updatedAfter('incremental', null, 1)).toBeNull();
  });

  const LATER = '2026-03-02T09:00:00.000Z';
  test.each([
    ['incremental', false, LATER],
    ['baseline', false, LATER],
    ['incremental', true, AT],
    ['reconcile', false, AT],
  ] as const)(
    'when the watermark is 08:00 and a run begins at 09:00 (mode: %s, untrusted record: %s), the watermark after the run is %s',
    (mode, hasUntrusted, expected) => {
      expect(watermarkAfter(AT, { mode, startedAt: LATER, hasUntrusted })).toBe(expected);
    },
  );
});
