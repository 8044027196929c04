import * as z from 'zod/mini';
import { described } from './described.ts';
import { SharedEnvironment } from './environment.ts';

/** The environment of webhook. */
export const WebhookEnvironment = z.extend(z.pick(SharedEnvironment, { QUEUE_URL: true }), {
  WEBHOOK_SECRET_ID: described(
    z.string().check(z.minLength(1)),
    'Name or ARN of the secret that Kombo signs webhooks with',
  ),
});
