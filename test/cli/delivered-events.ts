import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { learningEvents } from '../../functions/contract/learning-events.ts';
import { operationalEvents } from '../../functions/contract/operational-events.ts';

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

const OperationalType = z.enum([
  'IntegrationBaselined',
  'IntegrationFailing',
  'IntegrationRecovered',
  'ChangesHeld',
  'ChangesReleased',
]);

/** Checks each line of `--json` against the contract. Returns the learning events, and the types of all events. */
export function parseDelivered(lines: string[]) {
  const events = lines.map((line) => Envelope.parse(JSON.parse(line)));
  return {
    types: events.map((event) => event['detail-type']),
    learning: events.flatMap((event) => {
      const type = LearningEventType.safeParse(event['detail-type']);
      if (type.success) return [{ type: type.data, detail: learningEvents[type.data].parse(event.detail) }];
      operationalEvents[OperationalType.parse(event['detail-type'])].parse(event.detail);
      return [];
    }),
  };
}
