import type { PutEventsResponse } from '@aws-sdk/client-eventbridge';

/** What EventBridge said about one entry. */
export type EntryOutcome =
  | { kind: 'accepted' }
  /** Never accepted, however often it is sent. */
  | { kind: 'refused'; code: string }
  /** The deployment may not send it: no fault of the entry's. */
  | { kind: 'denied'; code: string }
  /** Not known to be accepted: to be sent again. `code` null: the answer says nothing about it. */
  | { kind: 'unconfirmed'; code: string | null };

/**
 * The codes that are documented as not retryable, by whose fault they are. Any other, documented as retryable
 * (InternalFailure, ThrottlingException) or not known, is tried again.
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
 * for every entry, or counts more failures than it names, confirms nothing: places in it cannot be trusted.
 */
export function readOutcomes(answer: PutEventsResponse, sent: number): EntryOutcome[] {
  const results = answer.Entries ?? [];
  const named = results.filter((result) => result.ErrorCode !== undefined || result.EventId === undefined);
  if (results.length !== sent || (answer.FailedEntryCount ?? 0) > named.length) {
    return Array.from({ length: sent }, () => ({ kind: 'unconfirmed', code: null }));
  }
  return results.map(({ ErrorCode: code, EventId: id }) => {
    if (code === undefined || code === '') {
      return id === undefined || id === '' ? { kind: 'unconfirmed', code: null } : { kind: 'accepted' };
    }
    if (REFUSED.has(code)) {
      return { kind: 'refused', code };
    }
    return { kind: DENIED.has(code) ? 'denied' : 'unconfirmed', code };
  });
}
