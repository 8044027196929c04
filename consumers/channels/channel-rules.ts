import type { EventType } from '../../functions/contract/published-events.ts';
import { field, inputTransformer, type Rule } from '../deploy/input-transformer.ts';
import { eventPattern, eventPatterns } from '../kit/event-pattern.ts';

/** What a channel of people asks for, such as a channel of Slack. */
export type Channel = {
  /** Names the consumer: replays can be addressed to it. */
  name: string;
  events: readonly EventType[];
  courses?: string[] | undefined;
  integrations?: string[] | undefined;
};

/** The rules of a channel that gets each event as it happens. */
export function liveRules(channel: Channel): Rule[] {
  return patternsOf(channel).map((pattern, at) => ({
    name: `${channel.name}-Events${at}`,
    pattern,
    transformer: null,
  }));
}

/** The rules of the queue from which a digest is made: the events of the channel, without anything about a person. */
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

/** The rule of a channel that gets digests. */
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
