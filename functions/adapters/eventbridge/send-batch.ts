import pRetry from 'p-retry';
import { DeploymentError, TransientError } from '../../core/errors.ts';
import type { PublishResult } from '../../core/ports.ts';
import { BATCH_BYTES, type Outgoing } from './batches.ts';
import { callFailure, type EntryOutcome, invalidEntryCode, readOutcomes, unconfirmed } from './outcome.ts';
import type { PutEvents } from './put-events.ts';

/** How long to retry what was not accepted, in milliseconds; the delay doubles, with jitter. */
export type RetryBudget = { budgetMs: number; firstDelayMs: number };

export const RETRY_BUDGET: RetryBudget = { budgetMs: 10_000, firstDelayMs: 100 };

/**
 * Sends one batch, and its failed entries again, until each entry is accepted or refused. Ends early with an error for the
 * rest when AWS refuses the deployment, when the time is up, or when `abandoned` returns true. Never throws.
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

/** Of two errors, the deployment's is the one to act on. */
export function graver(one: Error | null, other: Error | null): Error | null {
  return other instanceof DeploymentError ? other : (one ?? other);
}

/** One outcome per entry. Never throws. */
async function put(putEvents: PutEvents, batch: Outgoing[], bus: string): Promise<EntryOutcome[]> {
  try {
    return readOutcomes(await putEvents({ Entries: batch.map(({ entry }) => entry) }), batch.length, bus);
  } catch (thrown) {
    const code = invalidEntryCode(thrown);
    if (code === null) return batch.map(() => ({ kind: 'failed', error: callFailure(thrown, bus) }));
    const [first] = batch;
    if (batch.length === 1 && first !== undefined) {
      // Only a single entry can exceed the earlier limit, which some Regions still have.
      return [{ kind: 'refused', reason: first.size > BATCH_BYTES ? tooLarge(first.size) : code }];
    }
    // EventBridge refuses the whole request because of one entry: sent alone, the others are accepted.
    const outcomes: EntryOutcome[] = [];
    for (const outgoing of batch) outcomes.push(...(await put(putEvents, [outgoing], bus)));
    return outcomes;
  }
}

/** Why an entry of this size is refused. */
export function tooLarge(size: number): string {
  return `EventTooLarge (${size} bytes)`;
}
