import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { isAddress } from '../../functions/contract/environment.ts';
import { parsedJson } from '../../functions/contract/parsing.ts';
import { DeploymentError, TransientError } from '../../functions/core/errors.ts';
import { readWhole } from '../../functions/core/read-whole.ts';

export const SlackEnvironment = z.object({
  /** The ARN of the secret with the URL or the token. */
  SLACK_SECRET_ID: z.string().check(z.minLength(1)),
  /** Needed for `chat.postMessage`. The URL of an incoming webhook identifies the channel. */
  SLACK_CHANNEL_ID: z.optional(z.string().check(z.minLength(1))),
});
export type SlackEnvironment = z.infer<typeof SlackEnvironment>;

export type RetryBudget = {
  attempts: number;
  /** The maximum time of one attempt in milliseconds, including reading the response. */
  attemptMs: number;
  /** If Slack requires a longer wait than this many milliseconds, the queue repeats the message later. */
  longestWaitMs: number;
};

export const RETRY_BUDGET: RetryBudget = { attempts: 3, attemptMs: 10_000, longestWaitMs: 30_000 };

type SlackOptions = {
  /** Null for an incoming webhook, whose URL identifies the channel. */
  channelId: string | null;
  /** Returns the URL of the incoming webhook, or the token of the bot. Called for each message. */
  secret: () => Promise<string>;
  apiUrl?: string;
  budget?: RetryBudget;
  wait?: (milliseconds: number) => Promise<unknown>;
};

/** Slack repeats the message in its response, so the limit is several times the longest message. */
const MOST_BYTES = 256 * 1024;

const ApiResponse = parsedJson(z.object({ ok: z.boolean(), error: z.optional(z.string()) }));

/** After these, a retry may succeed: https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const TRANSIENT = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/**
 * `chat.postMessage` responds to a refused message with status 200 and `ok: false`. An incoming webhook
 * responds to an accepted message with exactly `ok`.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 *
 * @returns a function that posts one message. It throws DeploymentError when Slack refuses the message, the
 *   channel or the secret, and TransientError for a failure that may be temporary
 */
export function createSlack({
  channelId,
  secret,
  apiUrl = 'https://slack.com/api',
  budget = RETRY_BUDGET,
  wait = sleep,
}: SlackOptions): (message: object) => Promise<void> {
  return async (message) => {
    const value = await secret();
    const [url, request] =
      channelId === null
        ? [checkUrl(value), requestWith(message)]
        : [`${apiUrl}/chat.postMessage`, requestWith({ ...message, channel: channelId }, checkToken(value))];
    for (let attempt = 1; ; attempt += 1) {
      const response = await send(url, request, budget.attemptMs);
      if (response.status !== 429) return channelId === null ? checkWebhook(response) : checkApi(response);
      if (attempt === budget.attempts || response.waitMs > budget.longestWaitMs) {
        throw new TransientError("Slack's rate limit is reached; the queue retries");
      }
      await wait(response.waitMs);
    }
  };
}

function requestWith(message: object, token?: string): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(message),
    // A redirect would send the message, and possibly the token, to another host.
    redirect: 'manual',
  };
}

const tooLong = () => new TransientError(`Slack's response has more than ${MOST_BYTES / 1024} KB`);

type Response = { status: number; body: string; waitMs: number };

async function send(url: string, request: RequestInit, timeoutMs: number): Promise<Response> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    // This header is in seconds: https://docs.slack.dev/apis/web-api/rate-limits. Without a valid number, the
    // wait is one second, because Slack's limit is one message per second.
    const seconds = Number(response.headers.get('retry-after'));
    const { body, status } = response;
    return {
      status,
      body: body === null ? '' : new TextDecoder().decode(await readWhole(body, tooLong, MOST_BYTES)),
      waitMs: 1000 * (seconds > 0 ? seconds : 1),
    };
  } catch (error) {
    if (error instanceof TransientError) throw error;
    throw new TransientError('Slack cannot be reached, or does not respond in time', { cause: error });
  }
}

function checkWebhook({ status, body }: Response): void {
  checkStatus(status, body);
  if (body.trim() !== 'ok') throw refused('unknown response');
}

function checkApi({ status, body }: Response): void {
  checkStatus(status, body);
  const answer = ApiResponse.safeParse(body);
  if (!answer.success) throw new TransientError("The response does not have the format of Slack's API");
  const { ok, error = '' } = answer.data;
  if (ok) return;
  if (TRANSIENT.has(error)) throw new TransientError(`Slack cannot post the message now (${error})`);
  throw refused(codeIn(error) ?? 'unknown error');
}

function checkStatus(status: number, body: string): void {
  if (status >= 500 || status === 408) throw new TransientError(`Slack responds with status ${status}`);
  if (status !== 200) throw refused(codeIn(body) ?? String(status));
}

function refused(code: string): DeploymentError {
  return new DeploymentError(`Slack refuses the message (${code})`, { code });
}

/** Returns null for a text that is no error code, because errors quote nothing else of Slack's responses. */
function codeIn(text: string): string | null {
  return /^[a-z_]{1,60}$/.test(text.trim()) ? text.trim() : null;
}

/** The error does not quote the value, because it is a secret. */
function checkUrl(text: string): string {
  if (isAddress(text)) return text;
  throw new DeploymentError(
    'The secret does not contain the URL of an incoming webhook of Slack: store the URL in it',
  );
}

/** If a header cannot contain the token, `fetch` would throw an error that quotes it. */
function checkToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new DeploymentError(
    'The secret of the Slack bot is not a token: it contains a character that a token cannot have. Store only the token, without quotes or JSON.',
  );
}
