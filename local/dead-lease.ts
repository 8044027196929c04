import type { Store } from '../functions/core/ports.ts';

const END_OF_TIME = '9999-12-31T23:59:59.999Z';

/**
 * A store that one process at a time can have open, with one worker in it: a lease found there belongs to a process that
 * is gone. It is taken over at once; the worker then recovers what that process left.
 */
export function takingDeadLeases(store: Store): Store {
  return { ...store, takeLease: (id, lease) => store.takeLease(id, lease, END_OF_TIME) };
}
