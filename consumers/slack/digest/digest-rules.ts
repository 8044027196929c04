import { field, inputTransformer } from '../../deploy/input-transformer.ts';
import type { Rule } from '../../deploy/rule.ts';
import { eventPatterns } from '../../kit/event-pattern.ts';
import type { SlackChannel } from '../slack-rules.ts';

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
