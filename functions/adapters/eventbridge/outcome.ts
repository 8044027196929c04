import type { PutEventsResponse } from '@aws-sdk/client-eventbridge';
import {
  asCode,
  codeOf,
  DeploymentError,
  nameOf,
  type RunError,
  statusOf,
  TransientError,
} from '../../core/errors.ts';
import { awsError } from '../aws-errors.ts';

export type EntryOutcome =
  | { kind: 'accepted' }
  /** EventBridge never accepts this event, however often it is sent. */
  | { kind: 'refused'; reason: string }
  /** EventBridge may not have accepted the event, for this reason. */
  | { kind: 'failed'; error: RunError };

/**
 * The error codes that the API reference documents as not retryable. With `REFUSED`, the entry is wrong; with
 * `DENIED`, the deployment is wrong. All other codes are retried, also unknown ones.
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
 * Returns the outcome of each sent entry, in order. If the response does not have exactly one result per
 * entry, or counts more failures than it lists, no entry counts as accepted: the order of the results cannot
 * be trusted.
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
  const [what, advice] = refusedBy(bus);
  return { kind: 'failed', error: new DeploymentError(`${what} (${code}): ${advice}`, { code }) };
}

/** @param code null when the response has no result for the entry */
export function unconfirmed(code: string | null): EntryOutcome {
  const reason = code ?? 'the response does not confirm them';
  return {
    kind: 'failed',
    error: new TransientError(`EventBridge did not accept all events: ${reason}`, { code }),
  };
}

/** Error codes for a request that is invalid, or that contains an invalid entry. */
const INVALID = new Set(['ValidationException', 'ValidationError', 'SerializationException']);

/** Matches AWS's message when the name of the bus is invalid, such as `'entries.1.member.eventBusName'`. */
const WRONG_BUS = /\beventBusName'/;

/** An unknown error counts as temporary. AWS's messages are omitted: they may quote personal data. */
export function callFailure(thrown: unknown, bus: string): RunError {
  const code = codeOf(thrown);
  if (isInvalid(thrown)) {
    return new DeploymentError(`EventBridge rejects a request for bus ${bus}: ${code}`, { code });
  }
  return awsError(thrown, {
    temporary: 'EventBridge cannot accept events at the moment',
    refused: refusedBy(bus),
  });
}

function refusedBy(bus: string): [what: string, advice: string] {
  return [
    `EventBridge refuses events for bus ${bus}`,
    'check that it exists, that the role or user that runs this may send to it, and that the setting operators names that role or user',
  ];
}

/**
 * Returns the error code of a call that is refused because of one of its entries, which is malformed or too
 * large for a Region with the earlier limit. Returns null for any other failure.
 */
export function invalidEntryCode(thrown: unknown): string | null {
  const isWrongBus = thrown instanceof Error && WRONG_BUS.test(thrown.message);
  return isInvalid(thrown) && !isWrongBus ? codeOf(thrown) : null;
}

function isInvalid(thrown: unknown): boolean {
  return INVALID.has(nameOf(thrown)) || statusOf(thrown) === 413;
}
