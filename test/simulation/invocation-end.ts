import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';

/** How an invocation of the function ended. */
export type InvocationEnd = PollOutcome | { kind: 'killed' };
