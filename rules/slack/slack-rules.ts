import { LearningEventType } from '../../functions/contract/learning-event-type.ts';
import { learningEvents } from '../../functions/contract/learning-events.ts';
import type { EventDetail, EventType } from '../../functions/contract/published-events.ts';
import { type DetailPattern, eventPattern } from '../event-pattern.ts';
import { field, inputTransformer } from '../input-transformer.ts';
import type { Rule } from '../rule.ts';
import { headlines } from './headlines.ts';
import { fact, type Message, slackMessage, time } from './message.ts';
import { otherMessages } from './other-messages.ts';

export type SlackChannel = {
  /** Names the consumer: replays can be addressed to it. */
  name: string;
  events: readonly EventType[];
  courses?: string[];
  integrations?: string[];
  /** Slack's id of the channel for `chat.postMessage`; null at an incoming webhook, which has its own. */
  channelId: string | null;
  /** Whether events carry names. */
  named: boolean;
};

/**
 * EventBridge's way to ask for a text: null is none. Not a wildcard, of which only 30 rules of a bus may have one:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const SOME_TEXT: { prefix: string }[] = [{ prefix: '' }];
const ABSENT = [null, { exists: false }];

/**
 * The rules of a channel: one for each event, and for learning events one more, for those that lack a title or a name:
 * a template cannot say "if", and Slack refuses a message with an empty text.
 *
 * @param together one rule for all learning events, whose headline then is the name of the event: for so many channels
 *   that one rule for each event would be more than a bus can have
 */
export function slackRules(channel: SlackChannel, together = false): Rule[] {
  const learning = LearningEventType.options.filter((type) => channel.events.includes(type));
  const others = channel.events.filter((type) => !isLearning(type));
  const learningRule = (name: string, types: LearningEventType[], headline: Message['headline']) =>
    rule(
      `${channel.name}-${name}`,
      types,
      learningMessage(headline, channel.named),
      channel,
      complete(channel.named),
    );
  const learningRules = together
    ? [learningRule('Learning', learning, field('$.detail-type'))]
    : learning.map((type) => learningRule(type, [type], headlines[type]));
  return [
    ...(learning.length === 0 ? [] : [...learningRules, incompleteRule(channel, learning)]),
    ...others.map((type) => rule(`${channel.name}-${type}`, [type], otherMessages[type], channel, {})),
  ];
}

function learningMessage(headline: Message['headline'], named: boolean): Message {
  const learner = named
    ? [field('$.detail.learner.firstName'), field('$.detail.learner.lastName')]
    : field('$.detail.learner.id');
  return {
    headline,
    subject: field('$.detail.course.title'),
    facts: [['Learner', learner], fact.integration, ['At', time('$.detail.occurredAt')]],
  };
}

function complete(named: boolean): DetailPattern<Detail> {
  return {
    course: { title: SOME_TEXT },
    learner: named ? { firstName: SOME_TEXT, lastName: SOME_TEXT } : { id: SOME_TEXT },
  };
}

/** The events that `complete` leaves: what is always there is shown. */
function incompleteRule(channel: SlackChannel, types: LearningEventType[]): Rule {
  const message: Message = {
    headline: field('$.detail-type'),
    subject: null,
    facts: [
      ['Progression', field('$.detail.progression.id')],
      fact.integration,
      ['At', time('$.detail.occurredAt')],
    ],
  };
  const { pattern, ...rest } = rule(`${channel.name}-Incomplete`, types, message, channel, {});
  const missing: { [field: string]: unknown }[] = [
    { course: { title: ABSENT } },
    ...(channel.named
      ? [{ learner: { firstName: ABSENT } }, { learner: { lastName: ABSENT } }]
      : [{ learner: { id: ABSENT } }]),
  ];
  return { ...rest, pattern: { ...pattern, detail: { ...pattern.detail, $or: missing } } };
}

type Detail = EventDetail<LearningEventType>;

function rule<Type extends EventType>(
  name: string,
  types: Type[],
  message: Message,
  { name: consumer, courses, integrations, channelId }: SlackChannel,
  where: object,
): Rule {
  const filter = {
    ...(integrations && { integrations }),
    ...(courses && isAll(types) && { courses }),
    where,
  };
  return {
    name,
    pattern: eventPattern(types, consumer, filter),
    transformer: inputTransformer(slackMessage(message, channelId)),
  };
}

/** Courses narrow down what is about a course; an integration that fails is told in any case. */
function isAll(types: EventType[]): boolean {
  return types.every((type) => isLearning(type) || type.startsWith('Certificate'));
}

function isLearning(type: EventType): type is LearningEventType {
  return Object.hasOwn(learningEvents, type);
}
