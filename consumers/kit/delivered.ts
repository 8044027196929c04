import * as z from 'zod/mini';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

/** What EventBridge delivers, around the detail. */
export const Delivered = z.object({
  /** EventBridge's own, new for each delivery. */
  id: z.string(),
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.string(),
  time: z.string(),
  detail: z.unknown(),
});

/** An event as Lambda gets it from a rule, with what EventBridge puts around it. */
export type Delivered<Type extends string, Detail> = {
  id: string;
  source: typeof EVENT_SOURCE;
  'detail-type': Type | `Replayed${Type}`;
  time: string;
  detail: Detail;
};

/** An event from a rule, or its JSON: the body of an SQS message, or the message of a notification. */
export function deliveredFrom(event: unknown): z.infer<typeof Delivered> {
  return Delivered.parse(typeof event === 'string' ? JSON.parse(event) : event, IN_ENGLISH);
}
