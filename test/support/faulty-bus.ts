import { type BusOptions, type DeliveredEvent, startBus } from '../../local/bus/bus.ts';

/** When a fault occurs, and whether the events are delivered before the failure. */
type Striking = {
  /** The number of times that the fault occurs. By default it always occurs. */
  times?: number;
  /** Whether the events are accepted and delivered although the response is a failure. */
  afterAccepting?: boolean;
};

/**
 * Makes single entries fail with a code. The other entries of the request are accepted. `times` counts
 * entries.
 */
type EntryFault = Striking & { code: string; matches?: (event: DeliveredEvent) => boolean };

/**
 * Makes whole calls fail, either with an HTTP status and an error code, or by closing the connection without
 * a response.
 */
type CallFault = Striking & ({ status: number; code: string } | { status: 'dropped' });

export type FaultyBus = Awaited<ReturnType<typeof startFaultyBus>>;

/** Starts a local bus that can fail. Its faults apply in the order in which they were added. */
export async function startFaultyBus(options: BusOptions) {
  let entries: EntryFault[] = [];
  let calls: CallFault[] = [];
  const codes = new Map<string, string>();
  const bus = await startBus({
    ...options,
    async onEvent(event) {
      const fault = take(entries, ({ matches }) => matches?.(event) ?? true);
      if (fault !== null) codes.set(event.id, fault.code);
      if (fault === null || fault.afterAccepting) await options.onEvent(event);
    },
    refuse: ({ id }) => codes.get(id) ?? null,
    async intercept(respond) {
      const fault = take(calls, () => true);
      if (fault === null || fault.afterAccepting) {
        const response = await respond();
        if (fault === null) return response;
      }
      if (fault.status === 'dropped') return null;
      return { status: fault.status, body: { __type: fault.code, message: 'The call failed.' } };
    },
  });
  return {
    ...bus,
    failEntries(fault: EntryFault): void {
      entries.push({ ...fault });
    },
    failCalls(fault: CallFault): void {
      calls.push({ ...fault });
    },
    clearFaults(): void {
      entries = [];
      calls = [];
    },
  };
}

function take<Fault extends Striking>(faults: Fault[], applies: (fault: Fault) => boolean): Fault | null {
  const fault = faults.find((each) => each.times !== 0 && applies(each));
  if (fault?.times !== undefined) fault.times -= 1;
  return fault ?? null;
}
