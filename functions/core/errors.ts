import * as z from 'zod/mini';
import { printable } from '../contract/printable-text.ts';
import type { Failure } from './state/checkpoint.ts';

export type ErrorContext = { code?: string | null; logUrl?: string | null; cause?: unknown };

/** An error that ends a run. Its `kind` determines what happens next. `message` is one line for a person. */
abstract class RunError extends Error {
  abstract readonly kind: Failure['kind'];
  readonly code: string | null;
  /** The URL of the failed request's log page at Kombo. */
  readonly logUrl: string | null;

  constructor(message: string, context: ErrorContext = {}) {
    super(printable(message), { cause: context.cause });
    this.name = new.target.name;
    this.code = context.code ?? null;
    this.logUrl = context.logUrl ?? null;
  }
}

/** A failure that several attempts did not resolve, but that may be temporary. The next run tries again. */
export class TransientError extends RunError {
  readonly kind = 'transient';
}

/** Kombo accepts no requests for some time. The run has not failed: it continues after that time. */
export class RateLimitedError extends TransientError {
  readonly waitMs: number;

  constructor(message: string, { waitMs, ...context }: ErrorContext & { waitMs: number }) {
    super(message, context);
    this.waitMs = waitMs;
  }
}

/** A person must resolve this. The integration is polled less often, and the operator is notified once. */
export class IntegrationError extends RunError {
  readonly kind = 'integration';
}

/** The integration is being set up, or Kombo's first sync is still running. The operator is not notified. */
export class WaitingError extends RunError {
  readonly kind = 'waiting';
}

/**
 * Kombo refuses the key, the IP address, or this integration. Only a comparison with other integrations shows
 * whether the deployment or the integration is the cause (see `due.ts`).
 */
export class AccessRefusedError extends RunError {
  readonly kind = 'access-refused';
}

/** The deployment is wrong (AWS denies access, or there is no key): every integration would fail alike. */
export class DeploymentError extends RunError {
  readonly kind = 'deployment';
}

export type { RunError };

const ErrorParts = z.object({
  code: z.catch(z.optional(z.string()), undefined),
  $metadata: z.catch(z.optional(z.object({ httpStatusCode: z.optional(z.number()) })), undefined),
});

/** Returns the HTTP status of AWS's response, or 0 when there was no response. */
export function statusOf(error: unknown): number {
  return ErrorParts.safeParse(error).data?.$metadata?.httpStatusCode ?? 0;
}

/** Matches `Error`, `Throttling`, and names of several words, such as `AWS.SimpleQueueService.NonExistentQueue`. */
const NAME = /^(?:Error|Throttling|\$?(?=(?:.*[A-Z]){2})[A-Za-z.]{3,64})$/;
/** Matches codes of the operating system and of Node: `ECONNREFUSED`, `ERR_SSL_WRONG_VERSION_NUMBER`. */
const SYSTEM_CODE = /^[A-Z][A-Z_]{2,63}$/;

/**
 * Returns the name of an error, or `UnknownError` if the text does not look like a name: a response of AWS
 * may repeat the request. Messages of other systems are never passed on.
 */
export function nameOf(error: unknown): string {
  return asCode(error instanceof Error ? error.name : '');
}

/** Returns the error code of a response if the text looks like a code, otherwise `UnknownError`. */
export function asCode(text: string): string {
  return NAME.test(text) ? text : 'UnknownError';
}

/** Returns the name of a failed call's error, or its system code if there was no response. */
export function codeOf(error: unknown): string {
  const code = ErrorParts.safeParse(error).data?.code ?? '';
  return statusOf(error) === 0 && SYSTEM_CODE.test(code) ? code : nameOf(error);
}

export function isRunError(error: unknown): error is RunError {
  return error instanceof RunError;
}

/** Kombo no longer accepts the cursor. The run reads the pages again, from the first page. */
export class CursorRefusedError extends RunError {
  readonly kind = 'transient';
}

/** The lease has expired, or another worker has acquired it. This worker must stop without another write. */
export class LeaseLostError extends RunError {
  readonly kind = 'transient';
}

/** Another worker has already written the journal entry with this number. */
export class EntryTakenError extends Error {
  override readonly name = 'EntryTakenError';
}

/** Another process sends this replay, or a person stopped it. This process must stop without a write. */
export class ReplayChangedError extends Error {
  override readonly name = 'ReplayChangedError';
}
