import { change, stopIfExpired, type Worker } from '../journal/worker.ts';
import type { UnknownStatus } from '../state/checkpoint.ts';
import type { ObservedProgression, RejectedRecord } from '../state/progression.ts';
import { isStandIn, standInId } from '../state/set-aside.ts';

/** Sets aside the records of a page that do not match the schema. Each record is listed once. */
export async function setAsideRejected(worker: Worker, rejected: RejectedRecord[]): Promise<void> {
  stopIfExpired(worker);
  const { ports, integration } = worker;
  const at = new Date(ports.clock()).toISOString();
  await ports.store.setAside(
    integration.id,
    rejected.map(({ id, reason }) => ({ kind: 'record', id, reason, at })),
  );
  for (const { id } of rejected) worker.setAside?.add(id);
  change(worker, { hasSetAside: true });
}

/** Removes records from the set-aside list if a committed page shows them in a readable form. */
export async function removeReadable(worker: Worker, records: ObservedProgression[]): Promise<void> {
  const { ports, integration } = worker;
  worker.setAside ??= new Set((await ports.store.readSetAside(integration.id)).map(({ id }) => id));
  const standsIn = [...worker.setAside].some(isStandIn);
  for (const record of records) {
    for (const id of [record.state.id, ...(standsIn ? [standInOf(record)] : [])]) {
      if (!worker.setAside.delete(id)) continue;
      stopIfExpired(worker);
      await ports.store.removeSetAside(integration.id, { kind: 'record', id });
    }
  }
}

/** Returns the stand-in id under which a record was listed before it had an id. */
export function standInOf({ state, learner, course }: ObservedProgression): string {
  return standInId({ remoteId: state.remoteId, learnerId: learner.id, revisionId: course.revisionId });
}

/**
 * Adds the unknown statuses that a run has read to the set-aside list, before the watermark moves past their
 * records. Only a run that read all records replaces counts and removes statuses: other runs read some
 * records again.
 */
export async function listUnknownStatuses(
  worker: Worker,
  statuses: UnknownStatus[],
  readsAll: boolean,
): Promise<void> {
  const { ports, integration } = worker;
  const isListed = readsAll && worker.checkpoint.hasSetAside;
  if (!isListed && statuses.length === 0) return;
  const list = await ports.store.readSetAside(integration.id);
  const listed = list.filter((item) => item.kind === 'status');
  const shown = statuses.map(({ status, count, sample }) => {
    const before = listed.find(({ id }) => id === status);
    const at = before?.at ?? new Date(ports.clock()).toISOString();
    const reason = 'Schoolbell does not know this status: nothing was published for it';
    return { before, item: { kind: 'status' as const, id: status, reason, at, count, sample } };
  });
  const changed = shown.filter(
    ({ before, item }) => before === undefined || (readsAll && before.count !== item.count),
  );
  const gone = listed.filter(({ id }) => readsAll && !shown.some(({ item }) => item.id === id));
  stopIfExpired(worker);
  if (changed.length > 0) {
    await ports.store.setAside(
      integration.id,
      changed.map(({ item }) => item),
    );
  }
  for (const item of gone) await ports.store.removeSetAside(integration.id, item);
  const hasSetAside = shown.length > 0 || list.some(({ kind }) => kind === 'record') || !readsAll;
  change(worker, { hasSetAside });
}
