import type { PollMode } from '../../functions/contract/messages.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';

/** More calls than a run of a small school needs. */
const MANY_CALLS = 50;

/** Polls until nothing is left to do. */
export async function pollToTheEnd(
  poller: { poll(request: { mode?: PollMode }): Promise<PollOutcome> },
  mode?: 'reconcile',
): Promise<void> {
  for (let calls = 0; calls < MANY_CALLS; calls += 1) {
    const outcome = await poller.poll(calls === 0 && mode !== undefined ? { mode } : {});
    if (outcome.kind === 'ended') return;
    if (outcome.kind !== 'more') throw new Error(`not quiet: ${JSON.stringify(outcome)}`);
  }
  throw new Error('the run does not end');
}
