import * as z from 'zod/mini';
import { described } from '../../functions/contract/field-types.ts';

/** The environment of slack, which posts to one channel. */
export const SlackEnvironment = z.object({
  SLACK_SECRET_ID: described(z.string().check(z.minLength(1)), 'ARN of the secret with the URL or the token'),
  SLACK_CHANNEL_ID: described(
    z.optional(z.string().check(z.minLength(1))),
    'Of the channel for `chat.postMessage`; absent for an incoming webhook, which has its own',
  ),
});
export type SlackEnvironment = z.infer<typeof SlackEnvironment>;
