import type { DeliveredEvent } from './delivered-event.ts';

/** How often a fault strikes, and whether the events are delivered before the failure is answered. */
type Striking = {
  /** Every time when not given. */
  times?: number;
  /** The events are accepted and delivered, and the answer says otherwise. */
  afterAccepting?: boolean;
};

/** Single entries fail with a code, the others of the request pass. `times` counts entries. */
type EntryFault = Striking & { code: string; matches?: (event: DeliveredEvent) => boolean };

/** Whole calls fail: with an HTTP status and an error code, or by a connection that is dropped without an answer. */
export type CallFault = Striking & ({ status: number; code: string } | { status: 'dropped' });

/** Tells the bus what to get wrong. Faults strike in the order in which they were given. */
export type BusControl = {
  failEntries(fault: EntryFault): void;
  failCalls(fault: CallFault): void;
  /** Everything works again. */
  clearFaults(): void;
};

/** The faults that are waiting; taking one uses it up. */
export type Faults = BusControl & {
  takeForEntry(event: DeliveredEvent): EntryFault | null;
  takeForCall(): CallFault | null;
};

export function createFaults(): Faults {
  let entries: { fault: EntryFault; left: number }[] = [];
  let calls: { fault: CallFault; left: number }[] = [];
  return {
    failEntries(fault) {
      entries.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    failCalls(fault) {
      calls.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clearFaults() {
      entries = [];
      calls = [];
    },
    takeForEntry(event) {
      const waiting = entries.find(({ fault, left }) => left > 0 && (fault.matches?.(event) ?? true));
      return use(waiting);
    },
    takeForCall() {
      return use(calls.find(({ left }) => left > 0));
    },
  };
}

function use<Fault>(waiting: { fault: Fault; left: number } | undefined): Fault | null {
  if (waiting === undefined) {
    return null;
  }
  waiting.left -= 1;
  return waiting.fault;
}
