import { eventPattern, eventPatterns } from '../event-pattern.ts';
import { field, inputTransformer } from '../input-transformer.ts';
import type { Rule } from '../rule.ts';
import { slackMessage } from './message.ts';
import { otherMessages } from './other-messages.ts';
import type { SlackChannel } from './slack-rules.ts';

/** What goes into the digest's queue: the events of the channel, without anything about a person. */
export function digestQueueRules({ name, events, courses, integrations }: SlackChannel): Rule[] {
  const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
  return eventPatterns(events, name, filter).map((pattern, at) => {
    const isAboutCourses = pattern['detail-type'].some((type) => type.startsWith('Replayed'));
    return {
      name: `${name}-Digest${at}`,
      pattern,
      transformer: inputTransformer({
        id: field('$.detail.id'),
        type: field('$.detail-type'),
        ...(isAboutCourses && { course: field('$.detail.course.title') }),
      }),
    };
  });
}

/** What posts the digest once it is prepared. */
export function digestMessageRule({ name, channelId }: SlackChannel): Rule {
  return {
    name: `${name}-DigestPrepared`,
    pattern: eventPattern(['DigestPrepared'], name, { where: { channel: [name] } }),
    transformer: inputTransformer(slackMessage(otherMessages.DigestPrepared, channelId)),
  };
}
