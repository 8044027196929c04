import type { PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { asCode, DeploymentError, type RunError, TransientError } from '../../core/errors.ts';

/** What became of one entry. */
export type EntryOutcome =
  | { kind: 'accepted' }
  /** Never accepted, however often it is sent. */
  | { kind: 'refused'; reason: string }
  /** Not known to be accepted, and why. */
  | { kind: 'failed'; error: RunError };

/**
 * The codes that are documented as not retryable: those that the entry causes, and those that the deployment causes. Any
 * other, documented as retryable (InternalFailure, ThrottlingException) or not known, is tried again.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html
 */
const REFUSED = new Set(['InvalidArgument', 'MalformedDetail', 'RedactionFailure']);
const DENIED = new Set([
  'AccessDeniedException',
  'InvalidAccountIdException',
  'NotAuthorizedForSourceException',
  'NotAuthorizedForDetailTypeException',
]);

/**
 * What an answer of `PutEvents` says about each of the `sent` entries, in their order. An answer that does not account
 * for every entry, or counts more failures than it shows, confirms nothing: its order cannot be trusted.
 */
export function readOutcomes(answer: PutEventsResponse, sent: number, bus: string): EntryOutcome[] {
  const outcomes = (answer.Entries ?? []).map(({ ErrorCode: code, EventId: id }) => {
    if (code) return outcomeOfCode(code, bus);
    return id ? ({ kind: 'accepted' } as const) : unconfirmed(null);
  });
  const failures = outcomes.filter(({ kind }) => kind !== 'accepted').length;
  return outcomes.length === sent && (answer.FailedEntryCount ?? 0) <= failures
    ? outcomes
    : Array.from({ length: sent }, () => unconfirmed(null));
}

function outcomeOfCode(code: string, bus: string): EntryOutcome {
  if (REFUSED.has(code)) return { kind: 'refused', reason: code };
  if (!DENIED.has(code)) return unconfirmed(asCode(code));
  return {
    kind: 'failed',
    error: new DeploymentError(`EventBridge does not let events onto bus ${bus}: ${code}`, { code }),
  };
}

/** @param code null: the answer says nothing about the entry */
export function unconfirmed(code: string | null): EntryOutcome {
  const reason = code ?? 'its answer does not confirm them';
  return {
    kind: 'failed',
    error: new TransientError(`EventBridge did not accept all events: ${reason}`, { code }),
  };
}
