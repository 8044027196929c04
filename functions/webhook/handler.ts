import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import type { PollMessage } from '../contract/messages.ts';
import { metricNames } from '../contract/names.ts';
import { parsedJson } from '../contract/parsing.ts';
import type { Queue } from '../core/ports.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { KomboWebhook, pollOf } from './kombo-webhook.ts';

/** The maximum size of a body, in bytes. Kombo's webhooks have a few hundred bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/** The fields that are read from a function URL's event. Header names are in lower case. */
const UrlEvent = z.object({
  headers: z._default(z.record(z.string(), z.optional(z.string())), {}),
  body: z.optional(z.string()),
  isBase64Encoded: z._default(z.boolean(), false),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});

const Body = parsedJson(KomboWebhook);

type UrlResponse = { statusCode: number; body: string };

export type WebhookOutcome =
  | { kind: 'refused'; status: 400 | 401 | 405 | 413; reason: string }
  /** `poll` is null if the webhook does not concern course progressions or has no valid integration id. */
  | { kind: 'accepted'; type: string; poll: PollMessage | null };

export type WebhookParts = {
  queue: Queue;
  /** The secret that Kombo signs with. */
  secret: () => Promise<string>;
  /** Called with the outcome of each request, to write logs and metrics. */
  report: (outcome: WebhookOutcome) => void;
};

/**
 * Handles Kombo's webhooks. A valid webhook sends at most one message to the poll queue, so that the response
 * is fast and a repeated webhook is harmless.
 */
export function webhookHandler({ queue, secret, report }: WebhookParts) {
  return async (event: unknown): Promise<UrlResponse> => {
    const outcome = await checkRequest(event, secret);
    if (outcome.kind === 'accepted' && outcome.poll !== null) await queue.send([outcome.poll]);
    report(outcome);
    return outcome.kind === 'refused'
      ? { statusCode: outcome.status, body: outcome.reason }
      : { statusCode: 202, body: 'accepted' };
  };
}

/** Checks the signature before it parses the body. */
async function checkRequest(event: unknown, secret: () => Promise<string>): Promise<WebhookOutcome> {
  const request = UrlEvent.safeParse(event);
  if (!request.success) return refused(400, 'not a request');
  const { headers, body = '', isBase64Encoded, requestContext } = request.data;
  if (requestContext.http.method !== 'POST') return refused(405, 'not a POST');
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) return refused(413, 'too long');
  const signature = headers['x-kombo-signature'];
  if (signature === undefined) return refused(401, 'no signature');
  if (!isSignedWith(await secret(), bytes, signature)) return refused(401, 'wrong signature');
  const webhook = Body.safeParse(bytes.toString('utf8'));
  if (!webhook.success) return refused(400, 'not a webhook of Kombo');
  return { kind: 'accepted', type: webhook.data.type, poll: pollOf(webhook.data) };
}

/**
 * Returns whether the header is base64url of the HMAC-SHA256 of the body. Takes the same time for any
 * signature of the right length.
 */
function isSignedWith(secret: string, body: Uint8Array, signature: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest();
  // The header may have padding or not. A text that is not base64url decodes to bytes that do not match.
  const given = Buffer.from(signature, 'base64url');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function refused(status: 400 | 401 | 405 | 413, reason: string): WebhookOutcome {
  return { kind: 'refused', status, reason };
}

/**
 * Reports an accepted webhook. A refused webhook is not logged, since anyone can send any number of them:
 * Lambda counts them (`Url4xxCount`), and the response has the reason.
 */
export function reportWebhook(telemetry: Telemetry, outcome: WebhookOutcome): void {
  if (outcome.kind === 'refused') return;
  telemetry.info('webhook', { type: outcome.type, integration: outcome.poll?.integration ?? null });
  telemetry.measure({ [metricNames.webhooksAccepted]: 1 });
}
