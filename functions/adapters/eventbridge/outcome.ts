import type { PutEventsResponse } from '@aws-sdk/client-eventbridge';
import { asCode, codeOf, DeploymentError, nameOf, type RunError, TransientError } from '../../core/errors.ts';
import { refusalOf, statusOf } from '../aws-errors.ts';

/** The result of one entry. */
export type EntryOutcome =
  | { kind: 'accepted' }
  /** Never accepted, however often it is sent. */
  | { kind: 'refused'; reason: string }
  /** Not known to be accepted, and why. */
  | { kind: 'failed'; error: RunError };

/**
 * The codes that are documented as not retryable, caused by the entry or by the deployment. All other codes are retried:
 * those documented as retryable (InternalFailure, ThrottlingException) and unknown ones.
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
 * The outcomes of the `sent` entries by the response of `PutEvents`, in their order. A response that lacks an entry, or counts
 * more failures than it lists, confirms nothing: its order cannot be trusted.
 */
export function readOutcomes(response: PutEventsResponse, sent: number, bus: string): EntryOutcome[] {
  const outcomes = (response.Entries ?? []).map(({ ErrorCode: code, EventId: id }) => {
    if (code) return outcomeOfCode(code, bus);
    return id ? ({ kind: 'accepted' } as const) : unconfirmed(null);
  });
  const failures = outcomes.filter(({ kind }) => kind !== 'accepted').length;
  return outcomes.length === sent && (response.FailedEntryCount ?? 0) <= failures
    ? outcomes
    : Array.from({ length: sent }, () => unconfirmed(null));
}

function outcomeOfCode(code: string, bus: string): EntryOutcome {
  if (REFUSED.has(code)) return { kind: 'refused', reason: code };
  if (!DENIED.has(code)) return unconfirmed(asCode(code));
  return { kind: 'failed', error: denied(bus, code, { code }) };
}

/** @param code null: the response says nothing about the entry */
export function unconfirmed(code: string | null): EntryOutcome {
  const reason = code ?? 'the response does not confirm them';
  return {
    kind: 'failed',
    error: new TransientError(`EventBridge did not accept all events: ${reason}`, { code }),
  };
}

/** The request, or one of its entries, is invalid. */
const INVALID = new Set(['ValidationException', 'ValidationError', 'SerializationException']);

/** The field that AWS names in the message when the name of the bus is invalid, such as `'entries.1.member.eventBusName'`. */
const WRONG_BUS = /\beventBusName'/;

/**
 * The error of a call of EventBridge that threw after the SDK's own retries. An unknown error counts as transient. Messages of
 * AWS are not passed on: they may quote the request, and events contain personal data.
 */
export function callFailure(thrown: unknown, bus: string): RunError {
  const code = codeOf(thrown);
  if (isInvalid(thrown)) {
    return new DeploymentError(`EventBridge rejects the request for bus ${bus}: ${code}`, { code });
  }
  const refusal = refusalOf(thrown) ?? (statusOf(thrown) === 404 ? code : null);
  return refusal === null
    ? new TransientError(`EventBridge accepts no events at the moment: ${code}`, { code, cause: thrown })
    : denied(bus, refusal, { code, cause: thrown });
}

function denied(bus: string, reason: string, context: { code: string; cause?: unknown }): DeploymentError {
  return new DeploymentError(`EventBridge refuses events for bus ${bus}: ${reason}`, context);
}

/**
 * The code of a call that is refused because of one of its entries: malformed, or too large for a Region with the earlier
 * limit. Null for any other failure, and when the name of the bus is invalid.
 */
export function invalidEntryCode(thrown: unknown): string | null {
  const isWrongBus = thrown instanceof Error && WRONG_BUS.test(thrown.message);
  return isInvalid(thrown) && !isWrongBus ? codeOf(thrown) : null;
}

function isInvalid(thrown: unknown): boolean {
  return INVALID.has(nameOf(thrown)) || statusOf(thrown) === 413;
}
