import type { PollMode } from '../../contract/messages.ts';
import { type DecidedPage, decidePage, mentionsRemoval, type PageRules } from '../decide/decide-page.ts';
import { exceedsLimit } from '../episodes/hold.ts';
import { commitDecisions } from '../journal/commit-entry.ts';
import { change, saveSoon, type Worker } from '../journal/worker.ts';
import type { LastRun, Run } from '../state/checkpoint.ts';
import type { ObservedProgression, Page } from '../state/progression.ts';
import { afterPage, slotOf, withRun } from '../state/run-progress.ts';
import { seenIds } from './pass-proof.ts';
import { removeReadable, setAsideRejected } from './set-aside-records.ts';

/** The parameters of one reading of a run's pages, from its cursor on. */
export type Pass = {
  mode: PollMode;
  pages: AsyncGenerator<Page, void, void>;
  decisionOn: PageRules['decisionOn'];
  /** Called after each page. If it returns false, this call stops, and another call continues. */
  timeLeft: () => boolean;
};

/** The page before which a run stops, with its changes. They are not committed. */
export type StoppedPage = { page: Page; decided: DecidedPage };

/**
 * Commits pages. If the integration's journal is empty before the first of them, only records that these
 * pages have shown can be known, so only those are read from the table.
 *
 * @returns `proven` if these pages are proven to show every record: they are a whole pass, no id came twice,
 *   and every record could be read. See `docs/adr/0026-read-pages-once.md` for the reason and the exceptions
 */
export async function commitPages(
  worker: Worker,
  { mode, pages, decisionOn, timeLeft }: Pass,
  startOf: (page: Page) => Run,
): Promise<'read' | 'proven' | 'more' | StoppedPage> {
  const { ports, settings } = worker;
  const begun = worker.checkpoint[slotOf(mode)];
  const isNothingKnown = worker.checkpoint.entry === 0;
  const seen = seenIds();
  let isProven = mode !== 'reconcile' && (begun === null || begun.passPages === 0);
  for (let next = await pages.next(); !next.done; next = await pages.next()) {
    const page = next.value;
    const run = worker.checkpoint[slotOf(mode)] ?? startOf(page);
    change(worker, withRun(worker.checkpoint, run));

    const ids = page.records.map(({ state }) => state.id);
    const repeated = isNothingKnown || isProven ? seen.add(ids) : [];
    const mayBeKnown = isNothingKnown ? repeated : ids;
    const decided = await decideAgainstKnown(worker, run, page.records, decisionOn, mayBeKnown);
    if (exceedsLimit(decided.decisions, mode, worker.checkpoint, settings, ports.clock())) {
      return { page, decided };
    }
    await commitPage(worker, run, page, decided);
    isProven &&= repeated.length === 0 && page.rejected.length === 0;
    if (page.next !== null && !timeLeft()) return 'more';
  }
  return isProven ? 'proven' : 'read';
}

/**
 * Determines the changes that records show (see `decidePage`). Kombo is asked whether the data is expired
 * only if a record shows a removal, a restoration or an erasure.
 *
 * @param mayBeKnown the ids of the records to look up; the other records must be unknown
 */
export async function decideAgainstKnown(
  worker: Worker,
  { mode, startEntry }: Pick<Run, 'mode' | 'startEntry'>,
  records: ObservedProgression[],
  decisionOn: PageRules['decisionOn'],
  mayBeKnown = records.map(({ state }) => state.id),
): Promise<DecidedPage> {
  const { ports, settings, integration, checkpoint } = worker;
  // The records are passed only because known states that equal them are read faster.
  const known = await ports.store.readKnown(integration.id, mayBeKnown, records);
  const isExpired = async (shown: ObservedProgression[]) =>
    mentionsRemoval(shown, known) && (await ports.kombo.readDataExpiredAt(integration.id)) !== null;
  const rules: PageRules = {
    mode,
    baseline: integration.baseline,
    startEntry,
    baselineStart: baselineBefore(mode, checkpoint.lastReconciliation),
    entry: checkpoint.entry + 1,
    watermark: checkpoint.watermark,
    newestWatermark: checkpoint.newestWatermark,
    hasEnrolmentDates: checkpoint.hasEnrolmentDates,
    overlapMs: settings.overlapMs,
    dataExpired: await isExpired(records),
    decisionOn,
    readAgain: new Map(),
    detectedAt: new Date(ports.clock()).toISOString(),
  };
  const decided = decidePage(records, known, rules);
  if (decided.olderThanKnown.length === 0) return decided;

  const again = await ports.kombo.readByIds(integration.id, decided.olderThanKnown);
  const readAgain = new Map<string, ObservedProgression | null>(
    decided.olderThanKnown.map((id) => [id, null]),
  );
  for (const record of again.records) readAgain.set(record.state.id, record);
  const dataExpired = rules.dataExpired || (await isExpired(again.records));
  return decidePage(records, known, { ...rules, dataExpired, readAgain });
}

/** Returns the start of the last baseline if this is the first reconciliation after it, otherwise null. */
function baselineBefore(mode: PollMode, last: LastRun | null): string | null {
  return mode === 'reconcile' && last?.mode === 'baseline' ? last.startedAt : null;
}

/** Moves the cursor only after the whole page is committed, so that a crash before repeats the page. */
async function commitPage(
  worker: Worker,
  run: Run,
  page: Page,
  { decisions, hasUntrusted, detectedAt }: DecidedPage,
): Promise<void> {
  if (page.rejected.length > 0) await setAsideRejected(worker, page.rejected);
  await commitDecisions(worker, run, decisions, detectedAt);
  const committed = worker.checkpoint[slotOf(run.mode)] ?? run;
  await saveSoon(worker, withRun(worker.checkpoint, afterPage(committed, page, hasUntrusted)));
  if (worker.checkpoint.hasSetAside) await removeReadable(worker, page.records);
}
