import type { SetAside } from '../../../functions/core/state/set-aside.ts';
import type { World } from '../world/world.ts';
import { known } from './event-meanings.ts';
import type { Accuse } from './violation.ts';

/**
 * Checks that everything that could not be processed is listed: each refused event, and each unknown status
 * once, with a count and the ids of records that had this status.
 */
export function checkSetAside(items: SetAside[], { bus, service }: World, accuse: Accuse): void {
  const events = new Set(items.flatMap(({ kind, id }) => (kind === 'event' ? [id] : [])));
  for (const id of bus.refusedIds) {
    if (!events.has(id)) accuse('nothing is missed', `${id} was refused and not set aside`);
  }

  const { school } = service.life;
  const listed = new Map(items.flatMap((item) => (item.kind === 'status' ? [[item.id, item]] : [])));
  for (const { id, status, lost } of school.records.values()) {
    const isShown = lost === 'nothing' || lost === 'names' || lost === 'learner';
    if (isShown && status !== null && known(status) === null && !listed.has(status)) {
      accuse('nothing is missed', `${id} has the status ${status}, which is not set aside`);
    }
  }
  for (const [status, item] of listed) {
    const showed = (id: string) =>
      service.shown.get(id)?.some((showing) => showing.status === status) === true;
    const isRight = item.count >= 1 && item.sample.length >= 1 && item.sample.every(showed);
    if (!isRight || known(status) !== null) {
      accuse('set-aside records were shown by Kombo', JSON.stringify(item));
    }
  }
}
