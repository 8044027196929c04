import type { InvocationEnd } from '../invocation-end.ts';
import type { Scenario } from '../scenario.ts';
import type { Accuse } from './violation.ts';

/** A time in milliseconds that is longer than a request of a killed process can take. */
const UNDERWAY_MS = 30_000;

/**
 * Checks the outcomes of calls. If no other worker ran and no fault occurred shortly before, a call must not
 * end as `superseded`, and after a released lease it must not end as `busy`. Otherwise a worker did not
 * recognise its own write after its response was lost.
 */
export type OutcomeWatch = {
  /** Records that a call begins. Returns a function that must be called with the outcome of the call. */
  begins(): (end: InvocationEnd, accuse: Accuse) => void;
  /**
   * Records that an operator's command begins. Returns a function that must be called with whether the
   * command succeeded. A failed command may have left a lease.
   */
  operates(): (wasDone: boolean) => void;
};

export function outcomeWatch(scenario: Scenario, now: () => number): OutcomeWatch {
  let begun = 0;
  let running = 0;
  let wasCleanlyLeft = true;
  let lastTrouble = Number.NEGATIVE_INFINITY;

  return {
    operates() {
      begun++;
      running++;
      return (wasDone) => {
        running--;
        if (wasDone) return;
        lastTrouble = now();
        wasCleanlyLeft = false;
      };
    },
    begins() {
      begun++;
      running++;
      const place = begun;
      const isAlone = running === 1 && now() - lastTrouble > UNDERWAY_MS;
      const isLeaseFree = wasCleanlyLeft;
      const begunAt = now();
      return (end, accuse) => {
        running--;
        const isClean = end.kind === 'ended' || end.kind === 'more' || end.kind === 'held';
        if (!isClean) lastTrouble = now();
        // A frozen process reports its end late. So the lease counts as released only if no fault occurred
        // since the call began.
        wasCleanlyLeft = isClean && running === 0 && lastTrouble < begunAt;
        // A worker that was frozen beyond its lease ends as `superseded`, even if no other worker has
        // acquired the lease. So only quick calls are checked.
        const wasQuick = now() - begunAt < scenario.leaseMs / 2;
        const isDelayed = scenario.faults['table-write-delayed'] > 0;
        const wasAlone = isAlone && begun === place && wasQuick && !isDelayed;
        if (wasAlone && end.kind === 'superseded') {
          accuse('a lost response is recognised', 'superseded although no other worker ran');
        }
        if (wasAlone && isLeaseFree && end.kind === 'busy') {
          accuse('a lost response is recognised', 'busy although no worker held the lease');
        }
      };
    },
  };
}
