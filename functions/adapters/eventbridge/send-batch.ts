import pRetry from 'p-retry';
import { DeploymentError, TransientError } from '../../core/errors.ts';
import type { PublishResult } from '../../core/ports.ts';
import { BATCH_BYTES, type Outgoing } from './batches.ts';
import { callFailure, type EntryOutcome, invalidEntryCode, readOutcomes, unconfirmed } from './outcome.ts';
import type { PutEvents } from './put-events.ts';

/** How long to retry entries that are not accepted. Delays double after the first one, with jitter. */
export type RetryBudget = { budgetMs: number; firstDelayMs: number };

export const RETRY_BUDGET: RetryBudget = { budgetMs: 10_000, firstDelayMs: 100 };

/**
 * Sends a batch, and retries failed entries until each is accepted or refused. Ends early, with an `error` in
 * the result, when AWS refuses access, when the time is up, or when `abandoned` returns true. Never throws.
 */
export async function sendBatch(
  batch: Outgoing[],
  options: { putEvents: PutEvents; bus: string; retryBudget: RetryBudget; abandoned: () => boolean },
): Promise<PublishResult> {
  const { putEvents, bus, retryBudget, abandoned } = options;
  const result: PublishResult = { accepted: [], refused: [], error: null };
  let rest = batch;

  const attempt = async () => {
    const outcomes = await put(putEvents, rest, bus);
    const failed: Outgoing[] = [];
    let error: Error | null = null;
    for (const [at, outgoing] of rest.entries()) {
      const outcome = outcomes[at] ?? unconfirmed(null);
      switch (outcome.kind) {
        case 'accepted':
          result.accepted.push(outgoing.index);
          break;
        case 'refused':
          result.refused.push({ index: outgoing.index, reason: outcome.reason });
          break;
        case 'failed':
          failed.push(outgoing);
          error = moreSerious(error, outcome.error);
          break;
      }
    }
    rest = failed;
    if (error !== null) {
      throw error;
    }
  };

  // p-retry's own time limit uses a clock that a simulation cannot replace.
  const deadline = Date.now() + retryBudget.budgetMs;
  try {
    await pRetry(attempt, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: retryBudget.firstDelayMs,
      randomize: true,
      shouldRetry: ({ error, retryDelay }) =>
        error instanceof TransientError && !abandoned() && Date.now() + retryDelay <= deadline,
    });
  } catch (error) {
    result.error = error instanceof Error ? error : new TransientError('Publishing failed', { cause: error });
  }
  return result;
}

/** A DeploymentError is more serious than any other error, because a person must act on it. */
export function moreSerious(one: Error | null, other: Error | null): Error | null {
  return other instanceof DeploymentError ? other : (one ?? other);
}

/** Sends one request and returns one outcome per entry. Never throws. */
async function put(putEvents: PutEvents, batch: Outgoing[], bus: string): Promise<EntryOutcome[]> {
  try {
    return readOutcomes(await putEvents({ Entries: batch.map(({ entry }) => entry) }), batch.length, bus);
  } catch (thrown) {
    const code = invalidEntryCode(thrown);
    if (code === null) return batch.map(() => ({ kind: 'failed', error: callFailure(thrown, bus) }));
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) {
      // Only a request with a single entry can exceed 256 KiB, the limit that some Regions still have.
      return [{ kind: 'refused', reason: first.size > BATCH_BYTES ? tooLarge(first.size) : code }];
    }
    // One invalid entry makes EventBridge refuse the whole request, so each entry is sent alone.
    const outcomes: EntryOutcome[] = [];
    for (const outgoing of batch) outcomes.push(...(await put(putEvents, [outgoing], bus)));
    return outcomes;
  }
}

export function tooLarge(size: number): string {
  return `EventTooLarge (${size} bytes)`;
}
