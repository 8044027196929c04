import * as z from 'zod/mini';
import { printable } from '../contract/printable-text.ts';
import type { Failure } from './state/checkpoint.ts';

/** What an error says beyond its message. */
export type ErrorContext = { code?: string | null; logUrl?: string | null; cause?: unknown };

/** A run cannot go on. Each kind is named for what happens next; `message` is one line for a person. */
abstract class RunError extends Error {
  abstract readonly kind: Failure['kind'];
  readonly code: string | null;
  /** Kombo's page about the failed request. */
  readonly logUrl: string | null;

  constructor(message: string, context: ErrorContext = {}) {
    super(printable(message), { cause: context.cause });
    this.name = new.target.name;
    this.code = context.code ?? null;
    this.logUrl = context.logUrl ?? null;
  }
}

/** It was tried again without success and may well go better later: the next run tries again. */
export class TransientError extends RunError {
  readonly kind = 'transient';
}

/** Kombo takes no more requests for a time. Nothing is wrong: the run continues when the time is over. */
export class RateLimitedError extends TransientError {
  /** Milliseconds from now. */
  readonly waitMs: number;

  constructor(message: string, { waitMs, ...context }: ErrorContext & { waitMs: number }) {
    super(message, context);
    this.waitMs = waitMs;
  }
}

/** This integration needs a person: it is retried less and less often, and its operator is notified once. */
export class IntegrationError extends RunError {
  readonly kind = 'integration';
}

/** Nothing is wrong: the integration is being set up, or its first sync is still running. */
export class WaitingError extends RunError {
  readonly kind = 'waiting';
}

/**
 * Kombo refuses access: the key, the address, or this integration. Whether the deployment is wrong or the integration alone
 * is seen only beside the other integrations, so dispatch decides it (`due.ts`).
 */
export class AccessRefusedError extends RunError {
  readonly kind = 'access-refused';
}

/** The deployment is wrong (access denied by AWS, no key): every integration would fail the same way. */
export class DeploymentError extends RunError {
  readonly kind = 'deployment';
}

export type { RunError };

/** What is read of a failed call besides its name. */
const ErrorParts = z.object({
  code: z.catch(z.optional(z.string()), undefined),
  $metadata: z.catch(z.optional(z.object({ httpStatusCode: z.optional(z.number()) })), undefined),
});

/** Two words or more, such as `ThrottlingException` and `AWS.SimpleQueueService.NonExistentQueue`. */
const NAME = /^(?:Error|\$?(?=(?:.*[A-Z]){2})[A-Za-z.]{3,64})$/;
/** Of the system or of Node: `ECONNREFUSED`, `ERR_SSL_WRONG_VERSION_NUMBER`. */
const SYSTEM_CODE = /^[A-Z][A-Z_]{2,63}$/;

/**
 * What an error is called. AWS names errors in its answers, and an answer may repeat the request: a name that does not look
 * like one is left out, and messages of others are never handed on.
 */
export function nameOf(error: unknown): string {
  return asCode(error instanceof Error ? error.name : '');
}

/** A code of an answer, where it looks like one. */
export function asCode(text: string): string {
  return NAME.test(text) ? text : 'UnknownError';
}

/** The same of a failed call, by the code of the connection where there was no answer. */
export function codeOf(error: unknown): string {
  const { code, $metadata } = ErrorParts.safeParse(error).data ?? {};
  const isAnswered = $metadata?.httpStatusCode !== undefined;
  return !isAnswered && code !== undefined && SYSTEM_CODE.test(code) ? code : nameOf(error);
}

export function isRunError(error: unknown): error is RunError {
  return error instanceof RunError;
}

/** Kombo no longer takes the cursor: the pages are read from the first one again. */
export class CursorRefusedError extends Error {
  override readonly name = 'CursorRefusedError';
}

/** Another worker has taken over: stop without another write. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

/** Another worker has written the journal entry of this number. */
export class EntryTakenError extends Error {
  override readonly name = 'EntryTakenError';
}

/** Another carries this replay on, or a person stopped it: end without another write. */
export class ReplayChangedError extends Error {
  override readonly name = 'ReplayChangedError';
}
