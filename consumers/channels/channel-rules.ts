import type { EventType } from '../../functions/contract/published-events.ts';
import { field, inputTransformer, type Rule } from '../deploy/input-transformer.ts';
import { eventPattern, eventPatterns } from '../kit/event-pattern.ts';

/** The settings of a message channel, such as a Slack channel: its name, and the events that it receives. */
export type Channel = {
  /** The name of the consumer. A replay can be addressed to it. */
  name: string;
  events: readonly EventType[];
  courses?: string[] | undefined;
  integrations?: string[] | undefined;
};

/** Returns the rules of a channel that gets each event immediately. */
export function liveRules(channel: Channel): Rule[] {
  return patternsOf(channel).map((pattern, at) => ({
    name: `${channel.name}-Events${at}`,
    pattern,
    transformer: null,
  }));
}

/**
 * Returns the rules of the queue that collects a channel's events for its digest. The rules remove all data about persons from
 * the events.
 */
export function digestQueueRules(channel: Channel): Rule[] {
  return patternsOf(channel).map((pattern, at) => {
    const isAboutCourses = pattern['detail-type'].some((type) => type.startsWith('Replayed'));
    return {
      name: `${channel.name}-Digest${at}`,
      pattern,
      transformer: inputTransformer({
        id: field('$.detail.id'),
        type: field('$.detail-type'),
        ...(isAboutCourses && { course: field('$.detail.course.title') }),
      }),
    };
  });
}

/** Returns the rule that sends a channel its digests. */
export function digestMessageRule({ name }: Channel): Rule {
  return {
    name: `${name}-DigestPrepared`,
    pattern: eventPattern(['DigestPrepared'], name, { where: { channel: [name] } }),
    transformer: null,
  };
}

function patternsOf({ name, events, courses, integrations }: Channel) {
  return eventPatterns(events, name, { ...(courses && { courses }), ...(integrations && { integrations }) });
}
