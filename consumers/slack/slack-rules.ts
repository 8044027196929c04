import type { EventType } from '../../functions/contract/published-events.ts';
import type { Rule } from '../deploy/rule.ts';
import { eventPattern, eventPatterns } from '../kit/event-pattern.ts';

export type SlackChannel = {
  /** Names the consumer: replays can be addressed to it. */
  name: string;
  events: readonly EventType[];
  courses?: string[];
  integrations?: string[];
};

/** The rules of a channel that gets each event as it comes. */
export function slackRules({ name, events, courses, integrations }: SlackChannel): Rule[] {
  const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
  return eventPatterns(events, name, filter).map((pattern, at) => ({
    name: `${name}-Events${at}`,
    pattern,
    transformer: null,
  }));
}

/** The rule of a channel that gets its digests. */
export function digestMessageRule({ name }: SlackChannel): Rule {
  return {
    name: `${name}-DigestPrepared`,
    pattern: eventPattern(['DigestPrepared'], name, { where: { channel: [name] } }),
    transformer: null,
  };
}
