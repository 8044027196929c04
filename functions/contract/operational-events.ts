import * as z from 'zod';
import { HeldCounts } from './held-counts.ts';
import { IntegrationId } from './integration-id.ts';
import { Replay } from './replay.ts';
import { Timestamp } from './timestamp.ts';

const operational = z.object({
  version: z.literal(1),
  id: z.string().describe('The same each time this episode is told'),
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  at: Timestamp,
});

/** The schema of each operational event's `detail`: what an operator should hear once per episode. */
export const operationalEvents = {
  IntegrationBaselined: operational.extend({
    baseline: z.string().describe('`silent`, `publish` or `since:<date>`'),
    progressions: z.int().nonnegative().describe('Progressions now known'),
    watermark: Timestamp,
  }),
  IntegrationFailing: operational.extend({
    since: Timestamp,
    failures: z.int().positive().describe('Runs that failed in a row'),
    error: z.object({
      code: z.string().nullable().describe("Kombo's error code"),
      message: z.string(),
      logUrl: z.string().nullable().describe("Kombo's log page of the failed request"),
    }),
  }),
  IntegrationRecovered: operational.extend({ failingSince: Timestamp }),
  ChangesHeld: operational.extend({
    waiting: HeldCounts,
    complete: z.boolean().describe('Whether everything that waits was counted, or at least this much'),
    limit: z.int().nonnegative().describe('Changes of these kinds let through in 24 hours without a person'),
    sample: z.array(z.string()).describe('Ids of some of the progressions that wait'),
  }),
  ChangesReleased: operational.extend({
    by: z
      .enum(['release', 'discard', 'resolved'])
      .describe('`resolved`: the mass change went away by itself'),
    heldSince: Timestamp,
    waiting: HeldCounts,
  }),
  ReplayStarted: operational.extend({
    replay: Replay,
    source: z.enum(['journal', 'kombo']),
    asLive: z.boolean().describe('Whether the events come under their own names and without `replay`'),
    from: Timestamp,
    to: Timestamp.nullable().describe('Exclusive; null: up to what was known when the replay was ordered'),
    events: z.int().nonnegative().describe('How many events are going to be sent'),
  }),
  ReplayFinished: operational.extend({
    replay: Replay,
    events: z.int().nonnegative().describe('How many events were to be sent'),
    published: z.int().nonnegative(),
    refused: z.int().nonnegative().describe('Refused by EventBridge for good'),
    missing: z.int().nonnegative().describe('No longer to be had when their turn came'),
  }),
} as const;

export type OperationalEventType = keyof typeof operationalEvents;

/** An operational event as it is handed to the publisher. */
export type OperationalEvent = {
  [Type in OperationalEventType]: { type: Type; detail: z.infer<(typeof operationalEvents)[Type]> };
}[OperationalEventType];
