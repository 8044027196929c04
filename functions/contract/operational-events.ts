import * as z from 'zod/mini';
import { Replay } from './event-parts.ts';
import { described, PositiveNumber, Timestamp, WholeNumber } from './field-types.ts';
import { IntegrationId, toolOf } from './integration.ts';
import { WaitingChanges } from './waiting-changes.ts';

const operational = z.object({
  version: z.literal(1),
  id: described(z.string(), 'The same each time this episode is published'),
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  at: Timestamp,
});

/** The schema of the `detail` of each operational event. An event is published once per episode. */
export const operationalEvents = {
  IntegrationBaselined: z.extend(operational, {
    baseline: described(z.string(), '`silent`, `publish` or `since:<date>`'),
    progressions: described(WholeNumber, 'Progressions now known'),
    watermark: Timestamp,
  }),
  IntegrationFailing: z.extend(operational, {
    since: Timestamp,
    failures: described(PositiveNumber, 'Runs that failed in a row'),
    error: z.object({
      code: described(z.nullable(z.string()), "Kombo's error code"),
      message: z.string(),
      logUrl: described(z.nullable(z.string()), "Kombo's log page of the failed request"),
    }),
  }),
  IntegrationRecovered: z.extend(operational, { failingSince: Timestamp }),
  ChangesHeld: z.extend(operational, {
    waiting: WaitingChanges,
    limit: described(WholeNumber, 'Suspect changes that pass in 24 hours without a person'),
    sample: described(z.array(z.string()), 'Ids of some of the progressions that wait'),
  }),
  ChangesReleased: z.extend(operational, {
    by: described(
      z.enum(['release', 'discard', 'resolved']),
      '`resolved`: the mass change went away by itself',
    ),
    heldSince: Timestamp,
    waiting: WaitingChanges,
  }),
  ReplayStarted: z.extend(operational, {
    replay: Replay,
    source: z.enum(['journal', 'kombo']),
    asLive: described(z.boolean(), 'Whether the events come under their own names and without `replay`'),
    from: Timestamp,
    to: described(z.nullable(Timestamp), 'Exclusive; null: up to what was known when the replay was ordered'),
    events: described(WholeNumber, 'How many events are going to be sent'),
  }),
  ReplayFinished: z.extend(operational, {
    replay: Replay,
    events: described(WholeNumber, 'How many events were to be sent'),
    published: WholeNumber,
    refused: described(WholeNumber, 'Refused by EventBridge for good'),
    missing: described(WholeNumber, 'Removed by retention before they were replayed'),
  }),
} as const;

export type OperationalEventType = keyof typeof operationalEvents;

/** What each event means, in one sentence. */
export const operationalMeanings: Record<OperationalEventType, string> = {
  IntegrationBaselined: 'The first sync of an integration is done: from now on changes are published.',
  IntegrationFailing: 'Polls of an integration keep failing. Published once per episode.',
  IntegrationRecovered: 'Polls of an integration that was failing succeed again.',
  ChangesHeld: 'A mass change waits for a person to release or discard it.',
  ChangesReleased: 'What was held is let through, discarded, or went away by itself.',
  ReplayStarted: 'A replay begins.',
  ReplayFinished: 'A replay ended.',
};

/** An operational event as it is passed to the publisher. */
export type OperationalEvent = {
  [Type in OperationalEventType]: { type: Type; detail: z.infer<(typeof operationalEvents)[Type]> };
}[OperationalEventType];

/**
 * Returns the fields that all operational events share.
 *
 * @param name identifies the event within its integration. It is the same on each publication, so that a retry after a
 *   crash uses the same event id
 */
export function envelope(integration: IntegrationId, name: string, clock: () => number) {
  return {
    version: 1 as const,
    id: `${integration}/${name}`,
    integration: { id: integration, tool: toolOf(integration) },
    at: new Date(clock()).toISOString(),
  };
}
