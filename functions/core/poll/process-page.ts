import { type DecidedPage, decidePage, mentionsRemoval, type PageRules } from '../decide/decide-page.ts';
import { commitDecisions } from '../journal/commit-entry.ts';
import { saveSoon, type Worker } from '../journal/worker.ts';
import type { Checkpoint, Run } from '../state/checkpoint.ts';
import type { ObservedProgression, Page } from '../state/progression.ts';
import { afterPage, slotOf, withRun } from '../state/run-progress.ts';
import { removeReadable, setAsideRejected } from './set-aside-records.ts';

/**
 * Reads what is known of the records and decides them. Kombo is asked whether the integration's data is valid only when
 * a record shows a removal, and for records again only when they are older than what is known.
 */
export async function decideAgainstKnown(
  worker: Worker,
  { mode, startEntry }: Pick<Run, 'mode' | 'startEntry'>,
  records: ObservedProgression[],
  decisionOn: PageRules['decisionOn'],
): Promise<DecidedPage> {
  const { ports, settings, integration, checkpoint } = worker;
  const ids = records.map(({ state }) => state.id);
  const known = await ports.store.readKnown(integration.id, ids, records);
  const isExpired = async (shown: ObservedProgression[]) =>
    mentionsRemoval(shown, known) && (await ports.kombo.readDataExpiredAt(integration.id)) !== null;
  const rules: PageRules = {
    mode,
    baseline: integration.baseline,
    startEntry,
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

  const readAgain = new Map<string, ObservedProgression | null>(
    decided.olderThanKnown.map((id) => [id, null]),
  );
  const answer = await ports.kombo.readByIds(integration.id, [...readAgain.keys()]);
  for (const record of answer.records) readAgain.set(record.state.id, record);
  return decidePage(records, known, {
    ...rules,
    dataExpired: rules.dataExpired || (await isExpired(answer.records)),
    readAgain,
  });
}

/** Commits what a page changed and moves the cursor past it. A page without changes leaves no entry. */
export async function commitPage(
  worker: Worker,
  run: Run,
  page: Page,
  { decisions, hasUntrusted, detectedAt }: DecidedPage,
): Promise<void> {
  const forward = (checkpoint: Checkpoint) =>
    withRun(checkpoint, afterPage(checkpoint[slotOf(run.mode)] ?? run, page, hasUntrusted));

  await setAsideRejected(worker, page.rejected);
  if (decisions.length === 0) await saveSoon(worker, forward(worker.checkpoint));
  else await commitDecisions(worker, run, decisions, detectedAt, forward);
  await removeReadable(worker, page.records);
}
