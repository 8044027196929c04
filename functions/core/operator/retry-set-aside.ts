import { exceedsLimit, readHoldDecisions } from '../episodes/hold.ts';
import { commitDecisions, publishAgain } from '../journal/commit-entry.ts';
import { isSaveDue, save, type Worker } from '../journal/worker.ts';
import { decideAgainstKnown } from '../poll/process-page.ts';
import { readPages, refuseEndlessPages } from '../poll/read-pages.ts';
import { listUnknownStatuses, standInOf } from '../poll/set-aside-records.ts';
import type { Checkpoint, Run } from '../state/checkpoint.ts';
import type { ObservedProgression, RejectedRecord } from '../state/progression.ts';
import { withStatusesOf } from '../state/run-progress.ts';
import { isStandIn, type SetAside } from '../state/set-aside.ts';

export type RetriedSetAside = {
  /** Processed, and no longer set aside. */
  processed: SetAside[];
  /** Still set aside, with today's reason. */
  remaining: SetAside[];
};

/**
 * Tries what was set aside again: records are fetched by their ids and decided like any others, events are published
 * from the journal. A record without an id is looked for among all records, and is settled when none without an id is left
 * that it may be.
 */
export async function retrySetAside(worker: Worker, items: SetAside[]): Promise<RetriedSetAside> {
  const { store } = worker.ports;
  const records = await retryRecords(
    worker,
    items.filter(({ kind }) => kind === 'record'),
  );
  const events = await retryEvents(
    worker,
    items.filter(({ kind }) => kind === 'event'),
  );
  const statuses = allRemaining(
    items.filter(({ kind }) => kind === 'status'),
    'Schoolbell does not know this status: a version that does publishes it with its next reconciliation',
  );
  const settled = [...records.processed, ...events.processed];
  for (const item of settled) await store.removeSetAside(worker.integration.id, item);
  return {
    processed: settled,
    remaining: [...records.remaining, ...events.remaining, ...statuses.remaining],
  };
}

async function retryRecords(worker: Worker, items: SetAside[]): Promise<RetriedSetAside> {
  if (items.length === 0) return { processed: [], remaining: [] };
  const { ports, settings, integration, checkpoint } = worker;
  const ids = items.map(({ id }) => id);
  const byIds = await ports.kombo.readByIds(
    integration.id,
    ids.filter((id) => !isStandIn(id)),
  );
  const withoutId = await readWithoutId(worker, new Set(ids.filter(isStandIn)));
  const records = [...byIds.records, ...withoutId.records];
  const rejected = [...byIds.rejected, ...withoutId.rejected];
  const run = runOf(checkpoint);
  const decided = await decideAgainstKnown(worker, run, records, await readHoldDecisions(worker));
  const { decisions, hasUntrusted, detectedAt } = decided;
  if (hasUntrusted)
    return allRemaining(items, 'Kombo shows data of this integration at present that is not valid');
  if (exceedsLimit(decisions, checkpoint, settings, ports.clock())) {
    return allRemaining(items, 'they would be more suspect changes than pass without a person');
  }
  await commitDecisions(worker, run, decisions, detectedAt);
  await listUnknownStatuses(worker, withStatusesOf([], records), false);
  const read = new Set(records.map(({ state }) => state.id));
  const reasons = new Map(rejected.map(({ id, reason }) => [id, reason]));
  const isSettled = ({ id }: SetAside) => (isStandIn(id) ? !reasons.has(id) : read.has(id));
  return {
    processed: items.filter(isSettled),
    remaining: items
      .filter((item) => !isSettled(item))
      .map((item) => ({ ...item, reason: reasons.get(item.id) ?? 'Kombo no longer has this record' })),
  };
}

/** The records that these ids stand for, as far as Kombo has them: with an id by now, or still without one. */
async function readWithoutId(worker: Worker, ids: ReadonlySet<string>) {
  const records: ObservedProgression[] = [];
  const rejected: RejectedRecord[] = [];
  if (ids.size === 0) return { records, rejected };
  const { ports, integration } = worker;
  const request = { integration: integration.id, updatedAfter: null, cursor: null };
  const read = { cursor: null, mark: null, passPages: 0, passRecords: 0 };
  for await (const page of readPages(ports.kombo, request, () => true)) {
    records.push(...page.records.filter((record) => ids.has(standInOf(record))));
    rejected.push(...page.rejected.filter(({ id }) => ids.has(id)));
    refuseEndlessPages(read, page.next);
    read.passPages += 1;
    read.passRecords += page.records.length + page.rejected.length;
    if (isSaveDue(worker)) await save(worker, worker.checkpoint);
  }
  return { records, rejected };
}

/** What is read for the first time before a baseline has ended belongs to it: it is as silent as the rest. */
function runOf(checkpoint: Checkpoint): Pick<Run, 'mode' | 'startEntry' | 'updatedAfter'> {
  const { run, watermark, entry, baselineStart } = checkpoint;
  if (watermark === null || run?.mode === 'baseline') {
    return { mode: 'baseline', startEntry: run?.startEntry ?? baselineStart, updatedAfter: null };
  }
  return { mode: 'incremental', startEntry: entry, updatedAfter: null };
}

async function retryEvents(worker: Worker, items: SetAside[]): Promise<RetriedSetAside> {
  const retried: RetriedSetAside = { processed: [], remaining: [] };
  for (const item of items) {
    const reason = await publishAgain(worker, item.id);
    if (reason === null) retried.processed.push(item);
    else retried.remaining.push({ ...item, reason });
  }
  return retried;
}

function allRemaining(items: SetAside[], reason: string): RetriedSetAside {
  return { processed: [], remaining: items.map((item) => ({ ...item, reason })) };
}
