import * as z from 'zod/mini';

/** The fields of a received event that the checks need. */
export const ReceivedDetail = z.looseObject({
  id: z.string(),
  journal: z.optional(z.object({ entry: z.number(), index: z.number() })),
  progression: z.optional(z.looseObject({ id: z.string() })),
});

/** An event that the bus accepted. The same event may be received several times. */
export type ReceivedEvent = {
  at: number;
  type: string;
  /** The detail as it was sent. */
  json: string;
  id: string;
  /** Null for an operational event. */
  journal: { entry: number; index: number } | null;
  progression: string | null;
};

export function receivedEvent(at: number, type: string, json: string): ReceivedEvent {
  const detail = ReceivedDetail.parse(JSON.parse(json));
  return {
    at,
    type,
    json,
    id: detail.id,
    journal: detail.journal ?? null,
    progression: detail.progression?.id ?? null,
  };
}
