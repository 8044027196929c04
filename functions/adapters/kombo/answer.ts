import * as z from 'zod/mini';
import { RateLimitedError, TransientError } from '../../core/errors.ts';
import { refusalError } from './error-codes.ts';
import { retryAfterMs, windowMs } from './rate-limit.ts';
import { PauseAsked } from './request.ts';

const KOMBO_PAGES = 'https://app.kombo.dev/';

/** A page about a request, as `https://app.kombo.dev/prod/logs?id=1`: no sentence and no e-mail address fits in. */
const LOG_URL = /^https:\/\/[\w.-]+(?::\d+)?(?:\/[\w.-]*)*(?:\?[\w.=&-]*)?$/;

/**
 * Kombo's error envelope, as far as it can be relied on: a code is not lost because something beside it is odd. What does
 * not look like a code or a page is left out, since a server before Kombo may repeat the request there.
 */
const ErrorEnvelope = z.object({
  status: z.unknown(),
  error: z.object({
    code: z.catch(
      z.nullable(z.string().check(z.regex(/^(?=.{1,100}$)[A-Z][A-Z0-9_]*(?:\.[A-Z0-9_]+)+$/))),
      null,
    ),
    log_url: z.catch(z.nullable(z.string().check(z.maxLength(500), z.regex(LOG_URL))), null),
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
    const { code = null, log_url = null } = envelope.data?.error ?? {};
    const { status } = response;
    const fromKombo = envelope.success;
    const refusal = {
      status,
      code,
      // Without a code, another server may have written it.
      logUrl: code !== null || log_url?.startsWith(KOMBO_PAGES) ? log_url : null,
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
