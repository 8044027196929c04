import * as z from 'zod/mini';
import { type Answer, failure, failureWith } from './answer.ts';

const common = {
  /** How many requests it meets. */
  requests: z._default(z.int().check(z.positive()), 1),
  /** Only those to this integration; without it, any that carry a good key. */
  integration: z.optional(z.string()),
};

/** Something that goes wrong with the next requests. */
export const Fault = z.discriminatedUnion('kind', [
  /** 429 with `Retry-After`. */
  z.object({
    kind: z.literal('rate-limit'),
    retryAfterSeconds: z._default(z.number().check(z.nonnegative()), 1),
    ...common,
  }),
  /** Any failure envelope. */
  z.object({
    kind: z.literal('error'),
    status: z._default(z.int().check(z.minimum(400), z.maximum(599)), 500),
    code: z._default(z.nullable(z.string()), 'PLATFORM.UNKNOWN_ERROR'),
    message: z._default(z.string(), 'Something went wrong on our side.'),
    ...common,
  }),
  /** The right answer, this much later. */
  z.object({ kind: z.literal('slow'), delayMs: z.int().check(z.nonnegative()), ...common }),
  /** A success whose body stops in the middle of the JSON. */
  z.object({ kind: z.literal('garbled'), ...common }),
  /** The connection is cut without an answer. */
  z.object({ kind: z.literal('hang-up'), ...common }),
]);
export type Fault = z.infer<typeof Fault>;
/** A fault as it is asked for, with its defaults left out. */
export type FaultInput = z.input<typeof Fault>;

/** What a fault answers instead of the API, or null when the API answers after all. */
export function failureOf(fault: Fault, logUrl: string): Answer | null {
  if (fault.kind === 'error') return failureWith({ ...fault, title: null, logUrl });
  if (fault.kind !== 'rate-limit') return null;
  return {
    ...failure('PLATFORM.RATE_LIMIT_EXCEEDED', 'There were more requests than allowed.', logUrl),
    headers: { 'Retry-After': String(fault.retryAfterSeconds) },
  };
}
