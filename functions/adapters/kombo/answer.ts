import * as z from 'zod';
import { TransientError } from '../../core/errors.ts';
import { refusalError } from './error-codes.ts';
import { PauseAsked } from './request.ts';

/** Kombo's error envelope, as far as it can be relied on. */
const ErrorEnvelope = z.object({
  error: z.object({ code: z.string().nullish(), log_url: z.string().nullish() }),
});

/** An answer whose body was read. */
export type Answer = { response: Response; body: string };

/**
 * The `data` of a successful answer.
 *
 * @throws the error of a refusal, `PauseAsked` where Kombo names a pause, TransientError for a body that is no answer
 */
export function readAnswer<T>(
  data: z.ZodType<T>,
  { response, body }: Answer,
  { host, withCursor }: { host: string; withCursor: boolean },
): T {
  const json = parseJson(body);
  if (response.ok) {
    const envelope = z.object({ status: z.literal('success'), data }).safeParse(json);
    if (envelope.success) return envelope.data.data;
    const field = envelope.error.issues[0]?.path.join('.') || 'it';
    const what =
      json === undefined
        ? 'is not JSON, or only the beginning of it'
        : `does not fit the reference (${field})`;
    throw new TransientError(
      `${host} answered ${response.status} with a body that ${what}: check KOMBO_BASE_URL`,
    );
  }
  const envelope = ErrorEnvelope.safeParse(json);
  const { code, log_url } = envelope.success ? envelope.data.error : {};
  const refusal = { status: response.status, code: code ?? null, logUrl: log_url ?? null, withCursor };
  const error = refusalError(refusal, host);
  const pauseMs = pauseOf(response);
  throw error instanceof TransientError && pauseMs !== null ? new PauseAsked(pauseMs, error) : error;
}

/** `Retry-After` in milliseconds: a number of seconds, or a date by the server's own clock. */
function pauseOf({ headers }: Response): number | null {
  const value = headers.get('retry-after')?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  const served = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(until) || Number.isNaN(served) ? null : Math.max(0, until - served);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
