import type { InvocationEnd } from '../invocation-end.ts';
import type { Scenario } from '../scenario.ts';
import type { Accuse } from './violation.ts';

/** Longer than a request of a process that was killed can be under way. */
const UNDERWAY_MS = 30_000;

/** Watches over calls of the function: who says that another is at it must not have met itself. */
export type OutcomeWatch = {
  /** A call begins; the answer is to be told how it ended. */
  begins(): (end: InvocationEnd, accuse: Accuse) => void;
  /** An operator begins; the answer is to be told whether it was done. In vain, it may have left a lease behind. */
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
        // One that stood still tells of its end long after it; what went wrong meanwhile came later.
        wasCleanlyLeft = isClean && running === 0 && lastTrouble < begunAt;
        // Whoever stood still beyond the lease stops, whether or not another came.
        const wasQuick = now() - begunAt < scenario.leaseMs / 2;
        const isDelayed = scenario.faults['table-write-delayed'] > 0;
        const wasAlone = isAlone && begun === place && wasQuick && !isDelayed;
        if (wasAlone && end.kind === 'superseded') {
          accuse('a lost response is recognised', 'superseded by nobody');
        }
        if (wasAlone && isLeaseFree && end.kind === 'busy') {
          accuse('a lost response is recognised', 'busy though nobody held the lease');
        }
      };
    },
  };
}
