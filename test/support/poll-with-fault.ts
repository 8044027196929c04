import { type PollOutcome, type PollRequest, runPoll } from '../../functions/core/poll/run-poll.ts';
import type { Ports, RunSettings } from '../../functions/core/ports.ts';
import { type Fault, faultyPorts } from './faulty-ports.ts';

/**
 * How a poll with a fault ended. `stopped`: its process was killed or frozen. `thaw` resumes a frozen process
 * and returns how the poll then ends.
 */
export type Ending = {
  /** The names of the port calls that the poll made. */
  calls: string[];
  outcome: PollOutcome | 'stopped' | 'threw';
  /** The error that the poll threw. */
  error(): unknown;
  thaw(): Promise<PollOutcome | 'threw'>;
};

/** Runs a poll with a fault, and returns how it ended. */
export async function pollWithFault(
  ports: Ports,
  settings: RunSettings,
  request: PollRequest,
  fault: Fault | null,
): Promise<Ending> {
  const faulty = faultyPorts(ports, fault);
  let thrown: unknown = null;
  const end = runPoll(faulty.ports, settings, request).catch((error: unknown) => {
    thrown = error;
    return 'threw' as const;
  });
  const outcome = await Promise.race([end, faulty.stopped.then(() => 'stopped' as const)]);
  return {
    calls: faulty.calls,
    outcome,
    error: () => thrown,
    thaw() {
      faulty.thaw();
      return end;
    },
  };
}
