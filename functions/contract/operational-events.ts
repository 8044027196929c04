import * as z from 'zod/mini';
import { Replay } from './event-parts.ts';
import { described, PositiveNumber, Timestamp, WholeNumber } from './field-types.ts';
import { IntegrationId, toolOf } from './integration.ts';
import { WaitingChanges } from './waiting-changes.ts';

const operational = z.object({
  version: z.literal(1),
  id: described(z.string(), 'The id of the event, which is the same on each publication'),
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  at: Timestamp,
});

/** The schema of the `detail` of each event. A retry may publish an event again, under the same id. */
export const operationalEvents = {
  IntegrationBaselined: z.extend(operational, {
    baseline: described(z.string(), '`silent`, `publish` or `since:<date>`'),
    progressions: described(WholeNumber, 'The number of known progressions'),
    watermark: Timestamp,
  }),
  IntegrationFailing: z.extend(operational, {
    since: Timestamp,
    failures: described(PositiveNumber, 'The number of consecutive failed runs'),
    error: z.object({
      code: described(z.nullable(z.string()), "Kombo's error code"),
      message: z.string(),
      logUrl: described(z.nullable(z.string()), "Kombo's log page of the failed request"),
    }),
  }),
  IntegrationRecovered: z.extend(operational, { failingSince: Timestamp }),
  ChangesHeld: z.extend(operational, {
    waiting: WaitingChanges,
    limit: described(
      WholeNumber,
      "The maximum number of suspect changes in 24 hours that are published without a person's decision",
    ),
    sample: described(z.array(z.string()), "Kombo's ids of some of the progressions with waiting changes"),
  }),
  ChangesReleased: z.extend(operational, {
    by: described(
      z.enum(['release', 'discard', 'resolved']),
      '`resolved`: Kombo no longer shows the mass change, or the limit was raised',
    ),
    heldSince: Timestamp,
    waiting: WaitingChanges,
  }),
  ReplayStarted: z.extend(operational, {
    replay: Replay,
    source: z.enum(['journal', 'kombo']),
    asLive: described(
      z.boolean(),
      'Whether the events are sent with the names of live events and without the field `replay`',
    ),
    from: Timestamp,
    to: described(
      z.nullable(Timestamp),
      'The end of the range, which is excluded. If it is null, a replay from the journal ends with the last entry at the time of the order',
    ),
    events: described(WholeNumber, 'The number of events to send'),
  }),
  ReplayFinished: z.extend(operational, {
    replay: Replay,
    events: described(WholeNumber, 'The number of events that were counted when the replay was ordered'),
    published: WholeNumber,
    refused: described(WholeNumber, 'The number of events that EventBridge refused permanently'),
    missing: described(
      WholeNumber,
      'The number of events that were not found again, for example because retention removed them',
    ),
  }),
} as const;

export type OperationalEventType = keyof typeof operationalEvents;

export const operationalMeanings: Record<OperationalEventType, string> = {
  IntegrationBaselined: 'The first sync of an integration has ended. From now on, changes are published.',
  IntegrationFailing:
    'The runs of an integration fail, or it was paused because it is not active at Kombo. Published once per episode.',
  IntegrationRecovered: 'The runs of an integration that was failing succeed again.',
  ChangesHeld: 'A mass change waits for a person to release or discard it.',
  ChangesReleased: 'A hold ended: a person released or discarded the changes, or Kombo no longer shows them.',
  ReplayStarted: 'A replay started.',
  ReplayFinished: 'A replay finished.',
};

/** An operational event as it is passed to the publisher. */
export type OperationalEvent = {
  [Type in OperationalEventType]: { type: Type; detail: z.infer<(typeof operationalEvents)[Type]> };
}[OperationalEventType];

/**
 * Returns the fields that all operational events have.
 *
 * @param name the same on each publication, so that a retry after a crash uses the same event id
 */
export function envelope(integration: IntegrationId, name: string, clock: () => number) {
  return {
    version: 1 as const,
    id: `${integration}/${name}`,
    integration: { id: integration, tool: toolOf(integration) },
    at: new Date(clock()).toISOString(),
  };
}
