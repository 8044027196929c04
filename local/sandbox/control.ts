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
    log_url: z.optional(z.string()),
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
export function failureOf(fault: Fault): ApiResponse | null {
  if (fault.kind === 'error') return failureWith(fault);
  if (fault.kind !== 'rate-limit') return null;
  return {
    ...failure('PLATFORM.RATE_LIMIT_EXCEEDED', 'There were more requests than allowed.'),
    headers: { 'Retry-After': String(fault.retryAfterSeconds) },
  };
}

export type SandboxControl = ReturnType<typeof sandboxControl>;

/** Creates what a test or a benchmark can change in a running sandbox. There are no faults at first. */
export function sandboxControl() {
  let faults: Fault[] = [];
  return {
    /** How long every response takes, in milliseconds. */
    delayMs: 0,
    /** The maximum number of records on a page, even if a request asks for more. */
    largestPage: 250,
    /** The generation of the valid cursors. Cursors of earlier generations have expired. */
    cursorGeneration: 0,
    /** The time at which the data of an integration expired, in milliseconds since 1970. */
    dataExpiredAt: new Map<string, number>(),
    /** The number of requests so far, including failed requests. */
    requests: 0,
    /** Adds a fault. Faults apply to requests in the order in which they were added. */
    inject(fault: z.input<typeof Fault>): void {
      faults.push(Fault.parse(fault));
    },
    clearFaults(): void {
      faults = [];
    },
    /** Returns the fault that applies to a request, or null. The request counts as one of the fault's requests. */
    takeFault(integration: string | undefined): Fault | null {
      const fault = faults.find((one) => one.integration === undefined || one.integration === integration);
      if (fault === undefined) return null;
      fault.requests -= 1;
      if (fault.requests === 0) faults = faults.filter((one) => one !== fault);
      return fault;
    },
  };
}
