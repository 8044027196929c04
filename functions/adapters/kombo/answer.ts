import * as z from 'zod/mini';
import { RateLimitedError, TransientError } from '../../core/errors.ts';
import { refusalError } from './error-codes.ts';
import { retryAfterMs, windowMs } from './rate-limit.ts';
import { PauseAsked } from './request.ts';

/** Kombo's error envelope, as far as it can be relied on: a code is not lost because something beside it is odd. */
const ErrorEnvelope = z.object({
  status: z.unknown(),
  error: z.object({
    code: z.catch(z.nullable(z.string().check(z.regex(/^[\w.]{1,100}$/))), null),
    log_url: z.catch(z.nullable(z.url({ protocol: /^https?$/ }).check(z.maxLength(2_000))), null),
  }),
});

/** Kombo's envelope around what was asked for. */
export function successOf<Data extends z.ZodMiniType>(data: Data) {
  return z.object({ status: z.literal('success'), data });
}

/** An answer whose body was read. */
export type Answer = { response: Response; body: unknown };

/**
 * The `data` of a successful answer.
 *
 * @throws the error of a refusal, `PauseAsked` where Kombo names a pause, TransientError for a body that is no answer
 */
export function readAnswer<Data>(
  schema: z.ZodMiniType<{ data: Data }>,
  { response, body }: Answer,
  { host, withCursor }: { host: string; withCursor: boolean },
): Data {
  const json = parseJson(body);
  const envelope = ErrorEnvelope.safeParse(json);
  if (!response.ok || (envelope.success && envelope.data.status === 'error')) {
    const { code, log_url } = envelope.data?.error ?? { code: null, log_url: null };
    const { status } = response;
    const fromKombo = envelope.success;
    const refusal = {
      status,
      code,
      logUrl: log_url,
      fromKombo,
      withCursor,
      windowMs: windowMs(response.headers),
    };
    const error = refusalError(refusal, host);
    if (!(error instanceof TransientError)) throw error;
    const pauseMs = error instanceof RateLimitedError ? error.waitMs : retryAfterMs(response.headers);
    throw pauseMs === null ? error : new PauseAsked(pauseMs, error);
  }
  const success = schema.safeParse(json);
  if (success.success) return success.data.data;
  const field = success.error.issues[0]?.path.join('.') || 'it';
  const what =
    json === undefined ? 'is not JSON, or only the beginning of it' : `does not fit the reference (${field})`;
  throw new TransientError(
    `${host} answered ${response.status} with a body that ${what}: check KOMBO_BASE_URL`,
  );
}

/** Kombo's clock. The machine's own is never a stand-in for it: the watermark comes from here. */
export function servedAt({ headers }: Response, host: string): string {
  const instant = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(instant)) {
    throw new TransientError(
      `${host} answered without a Date header, which the watermark is taken from: check what stands between`,
    );
  }
  return new Date(instant).toISOString();
}

/** The HTTP client hands a success over as text, and has parsed the body of a failure that is JSON. */
function parseJson(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
