import { expect } from 'vitest';
import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { learningEvents } from '../../functions/contract/learning-events.ts';
import { isEventType, publishedEvents } from '../../functions/contract/published-events.ts';

/** An event as EventBridge delivers it. */
const Envelope = z.strictObject({
  version: z.literal('0'),
  id: z.uuid(),
  'detail-type': z.string(),
  source: z.literal('schoolbell'),
  account: z.string().check(z.regex(/^\d{12}$/)),
  time: z.iso.datetime({ precision: 0 }),
  region: z.string(),
  resources: z.array(z.string()),
  detail: z.unknown(),
});

/**
 * Checks that each line of `--json` agrees with the contract. Returns the live learning events, and the types
 * of all events.
 */
export function parseDelivered(lines: string[]) {
  const events = lines.map((line) => Envelope.parse(JSON.parse(line)));
  return {
    types: events.map((event) => event['detail-type']),
    learning: events.flatMap((event) => {
      const type = LearningEventType.safeParse(event['detail-type']);
      if (type.success) return [{ type: type.data, detail: learningEvents[type.data].parse(event.detail) }];
      const name = event['detail-type'].replace(/^Replayed/, '');
      expect(isEventType(name) && publishedEvents[name].safeParse(event.detail).success).toBe(true);
      return [];
    }),
  };
}
