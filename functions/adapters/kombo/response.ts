import * as z from 'zod/mini';
import { parsedJson } from '../../contract/parsing.ts';
import { RateLimitedError, TransientError } from '../../core/errors.ts';
import { refusalError } from './error-codes.ts';
import { retryAfterMs, windowMs } from './rate-limit.ts';
import { PauseAsked } from './with-retries.ts';

const KOMBO_PAGES = 'https://app.kombo.dev/';

/** Matches a URL such as `https://app.kombo.dev/prod/logs?id=1`, but no sentence and no e-mail address. */
const LOG_URL = /^https:\/\/[\w.-]+(?::\d+)?(?:\/[\w.-]*)*(?:\?[\w.=&-]*)?$/;

/** A value that does not look like a code or a URL is omitted: a proxy may repeat the request there. */
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

const Json = parsedJson(z.unknown());

export type Envelope<Data> = z.ZodMiniType<{ data: Data }>;

/** Returns the schema of a successful response with this `data`. */
export function successOf<Data extends z.ZodMiniType>(data: Data) {
  return z.object({ status: z.literal('success'), data });
}

/**
 * @throws `PauseAsked` for a temporary failure if Kombo says how long to wait; for any other failed response,
 *   the error that `error-codes.ts` names for its code; TransientError for a body that does not match the
 *   schema
 */
export function dataOf<Data>(
  envelope: Envelope<Data>,
  response: Response,
  body: string,
  { host, withCursor }: { host: string; withCursor: boolean },
): Data {
  const json = Json.safeParse(body).data;
  const failed = ErrorEnvelope.safeParse(json);
  if (!response.ok || (failed.success && failed.data.status === 'error')) {
    const { code = null, log_url = null } = failed.data?.error ?? {};
    const { status } = response;
    const refusal = {
      status,
      code,
      // A body without a code may be from a proxy, so its URL is kept only if it is on Kombo's site.
      logUrl: code !== null || log_url?.startsWith(KOMBO_PAGES) ? log_url : null,
      withCursor,
      windowMs: windowMs(response.headers),
    };
    const error = refusalError(refusal, host);
    if (!(error instanceof TransientError)) throw error;
    const pauseMs = error instanceof RateLimitedError ? error.waitMs : retryAfterMs(response.headers);
    throw pauseMs === null ? error : new PauseAsked(pauseMs, error);
  }
  const success = envelope.safeParse(json);
  if (success.success) return success.data.data;
  const field = success.error.issues[0]?.path.join('.') || 'the body';
  const what =
    json === undefined ? 'is not JSON, or ends too early' : `does not match Kombo's API reference (${field})`;
  throw new TransientError(`${host} sent ${response.status} with a body that ${what}: check KOMBO_BASE_URL`);
}

/** Throws a TransientError without a valid `Date` header: the machine's clock never replaces Kombo's. */
export function servedAt({ headers }: Response, host: string): string {
  const instant = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(instant)) {
    throw new TransientError(
      `${host} sent no Date header, which the watermark needs: check which server responds there`,
    );
  }
  return new Date(instant).toISOString();
}
