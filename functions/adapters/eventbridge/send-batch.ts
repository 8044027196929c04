import pRetry from 'p-retry';
import { DeploymentError, type RunError, TransientError } from '../../core/errors.ts';
import type { PublishAnswer } from '../../core/ports.ts';
import type { Outgoing } from './batches.ts';
import { callFailure, isUntaken } from './call-failure.ts';
import { type EntryOutcome, readOutcomes } from './entry-outcome.ts';
import { BATCH_BYTES } from './entry-size.ts';
import type { PutEvents } from './put-events.ts';

/** How long what was not accepted is tried again, in milliseconds; the delay doubles, with jitter. */
export type Patience = { budgetMs: number; firstDelayMs: number };

/**
 * Sends one batch until each entry is accepted or refused, sending the failed entries alone again. Ends early with an
 * error for the rest when the deployment is refused, when the time is spent, or when `abandoned` says so. Never throws.
 */
export async function sendBatch(
  batch: Outgoing[],
  options: { putEvents: PutEvents; bus: string; patience: Patience; abandoned: () => boolean },
): Promise<PublishAnswer> {
  const { putEvents, bus, patience, abandoned } = options;
  const answer: PublishAnswer = { accepted: [], refused: [], error: null };
  let rest = batch;

  const attempt = async () => {
    const outcomes = await putOnce(putEvents, rest, bus);
    const failed: Outgoing[] = [];
    let error: RunError | null = null;
    for (const [place, outgoing] of rest.entries()) {
      const outcome = outcomes[place] ?? { kind: 'unconfirmed', code: null };
      switch (outcome.kind) {
        case 'accepted':
          answer.accepted.push(outgoing.index);
          break;
        case 'refused':
          answer.refused.push({ index: outgoing.index, reason: outcome.code });
          break;
        case 'denied':
          failed.push(outgoing);
          error = denied(outcome.code, bus);
          break;
        case 'unconfirmed':
          failed.push(outgoing);
          error ??= unconfirmed(outcome.code);
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

/** @throws RunError when the call as a whole failed */
async function putOnce(putEvents: PutEvents, rest: Outgoing[], bus: string): Promise<EntryOutcome[]> {
  try {
    return readOutcomes(await putEvents({ Entries: rest.map(({ entry }) => entry) }), rest.length);
  } catch (thrown) {
    // Only an entry on its own exceeds the older limit that some Regions still have.
    if (isUntaken(thrown) && rest.some(({ size }) => size > BATCH_BYTES)) {
      return rest.map(({ size }) => ({ kind: 'refused', code: tooLarge(size) }));
    }
    throw callFailure(thrown, bus);
  }
}

/** Why an entry of so many bytes is refused. */
export function tooLarge(size: number): string {
  return `EventTooLarge (${size} bytes)`;
}

function denied(code: string, bus: string): DeploymentError {
  return new DeploymentError(`EventBridge does not let events onto bus ${bus}: ${code}`, { code });
}

function unconfirmed(code: string | null): TransientError {
  const reason = code ?? 'its answer does not confirm them';
  return new TransientError(`EventBridge did not accept all events: ${reason}`, { code });
}
