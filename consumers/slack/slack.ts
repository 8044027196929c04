import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { isAddress } from '../../functions/contract/environment.ts';
import { DeploymentError, TransientError } from '../../functions/core/errors.ts';
import { readWhole } from '../../functions/core/read-whole.ts';

/** How long to try, in milliseconds. */
export type Patience = {
  attempts: number;
  /** For one attempt, its answer included. */
  attemptMs: number;
  /** Between two attempts. When Slack asks for more, its queue repeats the message later. */
  longestWaitMs: number;
};

export const PATIENCE: Patience = { attempts: 3, attemptMs: 10_000, longestWaitMs: 30_000 };

export type SlackOptions = {
  /** Of the channel for `chat.postMessage`; null for an incoming webhook, which has its own. */
  channelId: string | null;
  /** The URL of the incoming webhook, or the token of a bot. Asked for each message. */
  secret: () => Promise<string>;
  apiUrl?: string;
  patience?: Patience;
  wait?: (milliseconds: number) => Promise<unknown>;
};

/** Slack repeats the message in an answer; this is several times the longest one. */
const MOST_BYTES = 256 * 1024;

const ApiAnswer = z.object({ ok: z.boolean(), error: z.optional(z.string()) });

/** https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const PASSING = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/**
 * Posts messages. What Slack does not accept is an error: `chat.postMessage` answers a refusal with 200 and `ok: false`, and
 * an incoming webhook answers nothing but `ok` when it has accepted a message.
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 *
 * @returns what posts one message; it throws DeploymentError when Slack refuses the message, the channel or the secret, and
 *   TransientError for what may pass
 */
export function createSlack({
  channelId,
  secret,
  apiUrl = 'https://slack.com/api',
  patience = PATIENCE,
  wait = sleep,
}: SlackOptions): (message: object) => Promise<void> {
  return async (message) => {
    const value = await secret();
    const [url, request] =
      channelId === null
        ? [checkUrl(value), requestWith(message)]
        : [`${apiUrl}/chat.postMessage`, requestWith({ ...message, channel: channelId }, checkToken(value))];
    for (let attempt = 1; ; attempt += 1) {
      const answer = await send(url, request, patience.attemptMs);
      if (answer.status !== 429) return channelId === null ? checkWebhook(answer) : checkApi(answer);
      if (attempt === patience.attempts || answer.waitMs > patience.longestWaitMs) {
        throw new TransientError("Slack's rate limit is reached; the queue retries");
      }
      await wait(answer.waitMs);
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
    // A redirection would send the message, and perhaps the token, to another host.
    redirect: 'manual',
  };
}

const tooLong = () => new TransientError(`Slack answers with more than ${MOST_BYTES / 1024} KB`);

type Answer = { status: number; body: string; waitMs: number };

async function send(url: string, request: RequestInit, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    // https://docs.slack.dev/apis/web-api/rate-limits: in seconds. Without a usable number, the limit is one a second.
    const seconds = Number(response.headers.get('retry-after'));
    const { body, status } = response;
    return {
      status,
      body: body === null ? '' : new TextDecoder().decode(await readWhole(body, tooLong, MOST_BYTES)),
      waitMs: 1000 * (seconds > 0 ? seconds : 1),
    };
  } catch (error) {
    if (error instanceof TransientError) throw error;
    throw new TransientError('Slack cannot be reached, or does not answer in time', { cause: error });
  }
}

function checkWebhook({ status, body }: Answer): void {
  checkStatus(status, body);
  if (body.trim() !== 'ok') throw refused('unknown answer');
}

function checkApi({ status, body }: Answer): void {
  checkStatus(status, body);
  const answer = ApiAnswer.safeParse(parsed(body));
  if (!answer.success) throw new TransientError('Slack does not answer as its API does');
  const { ok, error = '' } = answer.data;
  if (ok) return;
  if (PASSING.has(error)) throw new TransientError(`Slack cannot post the message now (${error})`);
  throw refused(codeIn(error) ?? 'unknown error');
}

function checkStatus(status: number, body: string): void {
  if (status >= 500 || status === 408) throw new TransientError(`Slack answers ${status}`);
  if (status !== 200) throw refused(codeIn(body) ?? String(status));
}

function refused(code: string): DeploymentError {
  return new DeploymentError(`Slack refuses the message (${code})`, { code });
}

/** Slack's code, such as `invalid_blocks` or `channel_not_found`. Nothing else of its answers is kept. */
function codeIn(text: string): string | null {
  return /^[a-z_]{1,60}$/.test(text.trim()) ? text.trim() : null;
}

/** The URL is a secret: the error does not quote it. */
function checkUrl(text: string): string {
  if (isAddress(text)) return text;
  throw new DeploymentError('The secret of the incoming webhook does not hold its URL');
}

/** A token that no header can hold makes `fetch` quote it in an error. */
function checkToken(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new DeploymentError(
    'The secret of the bot does not hold its token: it has a character that no token has',
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
