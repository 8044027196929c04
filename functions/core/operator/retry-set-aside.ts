import { exceedsLimit, readHoldDecisions } from '../episodes/hold.ts';
import { commitDecisions, publishAgain } from '../journal/commit-entry.ts';
import { isSaveDue, save, type Worker } from '../journal/worker.ts';
import { decideAgainstKnown } from '../poll/commit-pages.ts';
import { readPages } from '../poll/read-pages.ts';
import { listUnknownStatuses, standInOf } from '../poll/set-aside-records.ts';
import type { Checkpoint, Run } from '../state/checkpoint.ts';
import type { ObservedProgression, RejectedRecord } from '../state/progression.ts';
import { withStatusesOf } from '../state/run-progress.ts';
import { isStandIn, type SetAside } from '../state/set-aside.ts';

export type RetriedSetAside = {
  processed: SetAside[];
  /** Items that are still set aside, with the present reason. */
  remaining: SetAside[];
};

/**
 * Reads set-aside records again, and publishes set-aside events again. Unknown statuses always remain. For
 * records without an id, all records are read, and an item counts as processed if Kombo no longer shows the
 * record without an id.
 */
export async function retrySetAside(worker: Worker, items: SetAside[]): Promise<RetriedSetAside> {
  const ofKind = (wanted: SetAside['kind']) => items.filter(({ kind }) => kind === wanted);
  const records = await retryRecords(worker, ofKind('record'));
  const events = await retryEvents(worker, ofKind('event'));
  const statuses = allRemaining(
    ofKind('status'),
    'Schoolbell does not know this status. A later version that knows the status publishes it in its next reconciliation',
  );
  const processed = [...records.processed, ...events.processed];
  for (const item of processed) await worker.ports.store.removeSetAside(worker.integration.id, item);
  return { processed, remaining: [...records.remaining, ...events.remaining, ...statuses.remaining] };
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
    return allRemaining(
      items,
      'Kombo shows data that is not trusted now, for example because the data is expired. Retry later',
    );
  if (exceedsLimit(decisions, run.mode, checkpoint, settings, ports.clock())) {
    return allRemaining(items, "there are too many suspect changes to publish without a person's decision");
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

/** Reads all records. Of the requested ones, returns those with an id as `records`, others as `rejected`. */
async function readWithoutId(worker: Worker, ids: ReadonlySet<string>) {
  const records: ObservedProgression[] = [];
  const rejected: RejectedRecord[] = [];
  if (ids.size === 0) return { records, rejected };
  const { ports, integration } = worker;
  const request = { integration: integration.id, updatedAfter: null };
  for await (const page of readPages(ports.kombo, request)) {
    records.push(...page.records.filter((record) => ids.has(standInOf(record))));
    rejected.push(...page.rejected.filter(({ id }) => ids.has(id)));
    if (isSaveDue(worker)) await save(worker, worker.checkpoint);
  }
  return { records, rejected };
}

/** Until the baseline has ended, its setting determines whether the records are published. */
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
