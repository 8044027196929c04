import type { RuleTargetInputProperties } from 'aws-cdk-lib/aws-events';
import type { EventType } from '../../functions/contract/published-events.ts';
import { type EventPattern, eventPattern, eventPatterns } from '../kit/event-pattern.ts';

export type Channel = {
  /** A replay can be addressed to this name. */
  name: string;
  events: readonly EventType[];
  courses?: string[] | undefined;
  integrations?: string[] | undefined;
};

/** The rule is deployed to EventBridge. On one machine, the local bus applies its pattern. */
export type Rule = { name: string; pattern: EventPattern; transformer?: RuleTargetInputProperties };

/**
 * What the queue of a digest gets instead of an event. EventBridge writes each value as JSON, so the template
 * has no quotes around the variables.
 */
const ID_AND_TYPE = {
  inputPathsMap: { v0: '$.detail.id', v1: '$.detail-type' },
  inputTemplate: '{"id":<v0>,"type":<v1>}',
};
const ID_TYPE_AND_COURSE = {
  inputPathsMap: { ...ID_AND_TYPE.inputPathsMap, v2: '$.detail.course.title' },
  inputTemplate: '{"id":<v0>,"type":<v1>,"course":<v2>}',
};

/** Returns the rules of a channel that gets each event at once, instead of digests. */
export function liveRules(channel: Channel): Rule[] {
  return patternsOf(channel).map((pattern, at) => ({ name: `${channel.name}-Events${at}`, pattern }));
}

/**
 * The rules remove all data about persons from the events. They match no `DigestPrepared`: otherwise each
 * digest would be an event of the next digest.
 */
export function digestQueueRules(channel: Channel): Rule[] {
  const events = channel.events.filter((type) => type !== 'DigestPrepared');
  return patternsOf({ ...channel, events }).map((pattern, at) => {
    const isAboutCourses = pattern['detail-type'].some((type) => type.startsWith('Replayed'));
    const transformer = isAboutCourses ? ID_TYPE_AND_COURSE : ID_AND_TYPE;
    return { name: `${channel.name}-Digest${at}`, pattern, transformer };
  });
}

/** Returns the rule that sends a channel its digests. */
export function digestMessageRule({ name }: Channel): Rule {
  return {
    name: `${name}-DigestPrepared`,
    pattern: eventPattern(['DigestPrepared'], name, { where: { channel: [name] } }),
  };
}

function patternsOf({ name, events, courses, integrations }: Channel) {
  return eventPatterns(events, name, { courses, integrations });
}
