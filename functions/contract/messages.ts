import * as z from 'zod/mini';
import { IntegrationId } from './integration.ts';

/**
 * `incremental`: reads what changed since the watermark. `baseline`: the first sync, which reads everything.
 * `reconcile`: reads everything again, to find changes that earlier runs missed.
 */
export const PollMode = z.enum(['incremental', 'baseline', 'reconcile']);
export type PollMode = z.infer<typeof PollMode>;

/**
 * A message of the poll queue (see `PollRequest`). `follow`: Kombo sent a webhook that the integration was
 * created or changed, so ask Kombo for its status first.
 */
export const PollMessage = z.object({
  integration: IntegrationId,
  mode: z.optional(PollMode),
  follow: z.optional(z.enum(['created', 'changed'])),
  othersLetIn: z.optional(z.literal(true)),
});
export type PollMessage = z.infer<typeof PollMessage>;

/** A message of the replay queue, which requests that this replay continues. */
export const ReplayMessage = z.object({
  integration: IntegrationId,
  replay: z.string().check(z.minLength(1)),
});
export type ReplayMessage = z.infer<typeof ReplayMessage>;

/** An SQS event with one message, because the event sources have a batch size of 1. */
const QueueEvent = z.object({ Records: z.tuple([z.object({ body: z.string() })]) });

/** Returns the message of an SQS event. Throws if the event or the message does not match its schema. */
export function messageOf<Message>(schema: z.ZodMiniType<Message>, event: unknown): Message {
  return schema.parse(JSON.parse(QueueEvent.parse(event).Records[0].body));
}
