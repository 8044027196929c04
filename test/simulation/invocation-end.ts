import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';

/** How a call of the function ended. */
export type InvocationEnd = PollOutcome | { kind: 'killed' };
