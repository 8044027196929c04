import pRetry from 'p-retry';
import { DeploymentError, TransientError } from '../../core/errors.ts';
import type { PublishResult } from '../../core/ports.ts';
import type { Outgoing } from './batches.ts';
import { callFailure, untakenEntryCode } from './call-failure.ts';
import { type EntryOutcome, readOutcomes, unconfirmed } from './entry-outcome.ts';
import { BATCH_BYTES } from './entry-size.ts';
import type { PutEvents } from './put-events.ts';

/** How long what was not accepted is tried again, in milliseconds; the delay doubles, with jitter. */
export type RetryBudget = { budgetMs: number; firstDelayMs: number };

export const RETRY_BUDGET: RetryBudget = { budgetMs: 10_000, firstDelayMs: 100 };

/**
 * Sends one batch until each entry is accepted or refused, sending the failed entries alone again. Ends early with an
 * error for the rest when the deployment is refused, when the time is spent, or when `abandoned` says so. Never throws.
 */
export async function sendBatch(
  batch: Outgoing[],
  options: { putEvents: PutEvents; bus: string; patience: RetryBudget; abandoned: () => boolean },
): Promise<PublishResult> {
  const { putEvents, bus, patience, abandoned } = options;
  const answer: PublishResult = { accepted: [], refused: [], error: null };
  let rest = batch;

  const attempt = async () => {
    const outcomes = await put(putEvents, rest, bus);
    const failed: Outgoing[] = [];
    let error: Error | null = null;
    for (const [at, outgoing] of rest.entries()) {
      const outcome = outcomes[at] ?? unconfirmed(null);
      switch (outcome.kind) {
        case 'accepted':
          answer.accepted.push(outgoing.index);
          break;
        case 'refused':
          answer.refused.push({ index: outgoing.index, reason: outcome.reason });
          break;
        case 'failed':
          failed.push(outgoing);
          error = graver(error, outcome.error);
          break;
      }
    }
    rest = failed;
    if (error !== null) {
      throw error;
    }
  };

  // p-retry's own time limit reads a clock that a simulation cannot replace.
  const deadline = Date.now() + patience.budgetMs;
  try {
    await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: patience.firstDelayMs,
      randomize: true,
      shouldRetry: ({ error, retryDelay }) =>
        error instanceof TransientError && !abandoned() && Date.now() + retryDelay <= deadline,
    });
  } catch (error) {
    answer.error = error instanceof Error ? error : new TransientError('Publishing failed', { cause: error });
  }
  return answer;
}

/** Of two errors at the same time, the deployment's is the one to act on. */
export function graver(one: Error | null, other: Error | null): Error | null {
  return other instanceof DeploymentError ? other : (one ?? other);
}

/** One outcome per entry. Never throws. */
async function put(putEvents: PutEvents, batch: Outgoing[], bus: string): Promise<EntryOutcome[]> {
  try {
    return readOutcomes(await putEvents({ Entries: batch.map(({ entry }) => entry) }), batch.length, bus);
  } catch (thrown) {
    const code = untakenEntryCode(thrown);
    if (code === null) return batch.map(() => ({ kind: 'failed', error: callFailure(thrown, bus) }));
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) {
      // Only an entry on its own exceeds the older limit that some Regions still have.
      return [{ kind: 'refused', reason: first.size > BATCH_BYTES ? tooLarge(first.size) : code }];
    }
    // EventBridge refuses the whole request for one entry: sent alone, the others are accepted.
    const outcomes: EntryOutcome[] = [];
    for (const outgoing of batch) outcomes.push(...(await put(putEvents, [outgoing], bus)));
    return outcomes;
  }
}

/** Why an entry of this size is refused. */
export function tooLarge(size: number): string {
  return `EventTooLarge (${size} bytes)`;
}
