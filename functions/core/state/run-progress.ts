import type { PollMode } from '../../contract/messages.ts';
import type { Checkpoint, Run, UnknownStatus } from './checkpoint.ts';
import type { ObservedProgression, Page } from './progression.ts';

/** One pass can miss a record when other records move between two pages. */
const MAX_PASSES = 3;

/** Returns the field of the checkpoint that contains a run of this mode. */
export function slotOf(mode: PollMode): 'run' | 'reconciliation' {
  return mode === 'reconcile' ? 'reconciliation' : 'run';
}

export function startRun(
  mode: PollMode,
  updatedAfter: string | null,
  checkpoint: Checkpoint,
  startedAt: string,
): Run {
  return {
    mode,
    startedAt,
    updatedAfter,
    ...FIRST_POSITION,
    pass: 1,
    passChanged: false,
    restarts: 0,
    // Without a watermark, the first sync has not ended. If it starts over, its `startEntry` stays the same.
    startEntry: checkpoint.watermark === null ? checkpoint.baselineStart : checkpoint.entry,
    knownAtStart: checkpoint.known,
    pages: 0,
    records: 0,
    events: 0,
    missed: 0,
    setAside: 0,
    unknownStatuses: [],
    hasUntrusted: false,
  };
}

/** The position in a pass, and the values with which `refuseEndlessPages` finds pages that do not end. */
export type PassPosition = Pick<Run, 'cursor' | 'mark' | 'passPages' | 'passRecords'>;

export function positionAfter(position: PassPosition, { next, records, rejected }: Page): PassPosition {
  const passPages = position.passPages + 1;
  const replaceMark = position.mark === null || passPages >= position.mark.replaceAt;
  return {
    cursor: next,
    passPages,
    passRecords: position.passRecords + records.length + rejected.length,
    mark: next !== null && replaceMark ? { cursor: next, replaceAt: passPages * 2 } : position.mark,
  };
}

export function afterPage(run: Run, page: Page, hasUntrusted: boolean): Run {
  return {
    ...run,
    ...positionAfter(run, page),
    pages: run.pages + 1,
    records: run.records + page.records.length + page.rejected.length,
    // Each pass shows the same unreadable records, so they are counted in the first pass only.
    setAside: run.setAside + (run.pass === 1 ? page.rejected.length : 0),
    unknownStatuses: run.pass === 1 ? withStatusesOf(run.unknownStatuses, page.records) : run.unknownStatuses,
    hasUntrusted: run.hasUntrusted || hasUntrusted,
  };
}

/** Unknown statuses beyond this number are counted together, to keep the checkpoint small. */
const MAX_STATUSES = 20;
const OTHER_STATUSES = 'more statuses';
const SAMPLE_SIZE = 3;

/** Adds the unknown statuses of the records on a page. Each record counts once. */
export function withStatusesOf(known: UnknownStatus[], records: ObservedProgression[]): UnknownStatus[] {
  let statuses = known;
  const counted = new Set<string>();
  for (const { state, unknownStatus } of records) {
    if (unknownStatus === null || counted.has(state.id)) continue;
    counted.add(state.id);
    const isNew = !statuses.some(({ status }) => status === unknownStatus);
    const name = isNew && statuses.length >= MAX_STATUSES ? OTHER_STATUSES : unknownStatus;
    const before = statuses.find(({ status }) => status === name);
    const sample = [...(before?.sample ?? []), state.id].slice(0, SAMPLE_SIZE);
    const next = { status: name, count: (before?.count ?? 0) + 1, sample };
    statuses = [...statuses.filter((each) => each !== before), next];
  }
  return statuses;
}

/**
 * Returns whether the run ends with this pass, although the pass is not proven to have shown every record. A
 * single page needs no second pass, since no record can move between pages. A reconciliation has only one
 * pass, since it is repeated every week.
 */
export function isOver(run: Run): boolean {
  if (run.mode === 'reconcile' || run.passPages <= 1 || run.pass >= MAX_PASSES) return true;
  return run.pass > 1 && !run.passChanged;
}

export function nextPass(run: Run): Run {
  return { ...run, ...FIRST_POSITION, pass: run.pass + 1, passChanged: false };
}

/** The first pass counts what it sets aside, so when it starts over, it counts from 0 again. */
export function restartPass(run: Run): Run {
  const counts = run.pass === 1 ? { setAside: 0, unknownStatuses: [] } : {};
  return { ...run, ...FIRST_POSITION, ...counts, restarts: run.restarts + 1 };
}

export const FIRST_POSITION: PassPosition = { cursor: null, passPages: 0, passRecords: 0, mark: null };

export function isPassRead(run: Run): boolean {
  return run.cursor === null && run.passPages > 0;
}

export function withRun(checkpoint: Checkpoint, run: Run): Checkpoint {
  return { ...checkpoint, [slotOf(run.mode)]: run };
}

/**
 * Returns the `updated_after` of a run, or null to request all records. The overlap covers changes that
 * become visible late (Kombo documents no limit) and small differences between clocks.
 */
export function updatedAfter(mode: PollMode, watermark: string | null, overlapMs: number): string | null {
  if (mode !== 'incremental' || watermark === null) return null;
  return new Date(Date.parse(watermark) - overlapMs).toISOString();
}

/** If a clock is ahead, its time would miss changes. With the earlier time, records are only read again. */
export function earlierOf(a: string, b: string): string {
  return a < b ? a : b;
}

/** A reconciliation, or a run with a record that is not trusted, does not move the watermark. */
export function watermarkAfter(
  watermark: Checkpoint['watermark'],
  run: { mode: PollMode; startedAt: string; hasUntrusted: boolean },
): Checkpoint['watermark'] {
  return run.mode === 'reconcile' || run.hasUntrusted ? watermark : run.startedAt;
}
