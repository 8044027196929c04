import * as z from 'zod/mini';
import { type ApiResponse, failure, failureWith } from './response.ts';

const common = {
  /** The number of requests that fail. */
  requests: z._default(z.int().check(z.positive()), 1),
  /** The integration whose requests fail. By default the fault applies to any request with a valid key. */
  integration: z.optional(z.string()),
};

/** A fault that the next requests have. */
export const Fault = z.discriminatedUnion('kind', [
  /** Status 429 with `Retry-After`. */
  z.object({
    kind: z.literal('rate-limit'),
    retryAfterSeconds: z._default(z.number().check(z.nonnegative()), 1),
    ...common,
  }),
  /** A failure with any status and code. */
  z.object({
    kind: z.literal('error'),
    status: z._default(z.int().check(z.minimum(400), z.maximum(599)), 500),
    code: z._default(z.nullable(z.string()), 'PLATFORM.UNKNOWN_ERROR'),
    title: z._default(z.nullable(z.string()), null),
    message: z._default(z.string(), 'Something went wrong on our side.'),
    logUrl: z.optional(z.string()),
    ...common,
  }),
  /** The normal response, delayed by `delayMs`. */
  z.object({ kind: z.literal('slow'), delayMs: z.int().check(z.nonnegative()), ...common }),
  /** A success whose body ends in the middle of the JSON. */
  z.object({ kind: z.literal('garbled'), ...common }),
  /** The connection is closed without a response. */
  z.object({ kind: z.literal('hang-up'), ...common }),
]);
export type Fault = z.infer<typeof Fault>;

/** Returns the failure that a fault causes, or null if the fault is not a failure response. */
export function failureOf(fault: Fault, logUrl: string): ApiResponse | null {
  if (fault.kind === 'error') return failureWith({ ...fault, logUrl: fault.logUrl ?? logUrl });
  if (fault.kind !== 'rate-limit') return null;
  return {
    ...failure('PLATFORM.RATE_LIMIT_EXCEEDED', 'There were more requests than allowed.', logUrl),
    headers: { 'Retry-After': String(fault.retryAfterSeconds) },
  };
}

/** What a test or a benchmark can change in a running sandbox. */
export type SandboxControl = {
  /** Adds a fault. Faults apply to requests in the order in which they were added. */
  inject(fault: z.input<typeof Fault>): void;
  clearFaults(): void;
  /** Sets how long every response takes, in milliseconds. */
  setDelay(delayMs: number): void;
  /**
   * Sets the maximum number of records on a page. A page has no more records than this, even if a request
   * asks for more.
   */
  setLargestPage(records: number): void;
  /**
   * Sets the time at which an integration's data expired, in milliseconds since 1970. Null makes the data
   * valid.
   */
  setDataExpiredAt(integration: string, at: number | null): void;
  /** Makes all cursors that were returned before invalid. */
  expireCursors(): void;
  /** Returns the number of requests so far, including failed requests. */
  requests(): number;
};

/** What the server reads: the conditions that `SandboxControl` sets. */
export type SandboxConditions = {
  countRequest(): number;
  /** Returns the fault that applies to this request, or null. The request counts as one of the fault's requests. */
  takeFault(integration: string | null): Fault | null;
  delayMs(): number;
  largestPage(): number;
  dataExpiredAt(integration: string): number | null;
  cursorGeneration(): number;
};

/**
 * Creates the conditions of one sandbox. There are no faults at first. `control` changes the conditions, and
 * the server reads them from `conditions`.
 */
export function sandboxConditions(): { control: SandboxControl; conditions: SandboxConditions } {
  let faults: Fault[] = [];
  let delayMs = 0;
  let largestPage = 250;
  let cursorGeneration = 0;
  let requests = 0;
  const expired = new Map<string, number | null>();
  return {
    control: {
      inject: (fault) => faults.push(Fault.parse(fault)),
      clearFaults: () => {
        faults = [];
      },
      setDelay: (ms) => {
        delayMs = ms;
      },
      setLargestPage: (records) => {
        largestPage = records;
      },
      setDataExpiredAt: (integration, at) => expired.set(integration, at),
      expireCursors: () => {
        cursorGeneration += 1;
      },
      requests: () => requests,
    },
    conditions: {
      countRequest: () => ++requests,
      takeFault: (integration) => {
        const fault = faults.find((one) => one.integration === undefined || one.integration === integration);
        if (fault === undefined) return null;
        fault.requests -= 1;
        if (fault.requests === 0) faults = faults.filter((one) => one !== fault);
        return fault;
      },
      delayMs: () => delayMs,
      largestPage: () => largestPage,
      dataExpiredAt: (integration) => expired.get(integration) ?? null,
      cursorGeneration: () => cursorGeneration,
    },
  };
}
