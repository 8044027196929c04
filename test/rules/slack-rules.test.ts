import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { deliveredExample, exampleOf } from '../../catalogue/example-events.ts';
import { learningExample } from '../../catalogue/learning-examples.ts';
import { observe } from '../../functions/adapters/kombo/progression-record.ts';
import { LearningEventType } from '../../functions/contract/learning-event-type.ts';
import { type EventType, eventTypes } from '../../functions/contract/published-events.ts';
import { summarise } from '../../functions/digest/summarise.ts';
import { matchesPattern } from '../../local/rules/match-pattern.ts';
import { transformInput } from '../../local/rules/transform-input.ts';
import { type SlackChannel, slackRules } from '../../rules/slack/slack-rules.ts';
import { REVISION, rawRecord } from '../adapters/kombo/raw-record.ts';
import { actsOnTerminal, hostileTexts } from '../support/hostile-texts.ts';

const channel = {
  name: 'learning',
  events: eventTypes,
  channelId: null,
  named: false,
} satisfies SlackChannel;

/** Slack's limits for the blocks that are used. */
const plain = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().check(z.minLength(1), z.maxLength(most)),
    emoji: z.literal(false),
  });
const SlackMessage = z.strictObject({
  channel: z.optional(z.string()),
  text: z.string().check(z.minLength(1)),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('header'), text: plain(150) }),
        z.strictObject({ type: z.literal('section'), text: plain(3000) }),
        z.strictObject({
          type: z.literal('context'),
          elements: z
            .array(z.union([plain(3000), z.strictObject({ type: z.literal('mrkdwn'), text: z.string() })]))
            .check(z.maxLength(10)),
        }),
      ]),
    )
    .check(z.maxLength(50)),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
});

/** What Slack gets for an event: the messages of all rules that take it. */
function posted(event: object, to: SlackChannel = channel) {
  return slackRules(to)
    .filter(({ pattern }) => matchesPattern(pattern, event))
    .map(({ name, transformer }) => {
      if (transformer === null) throw new Error('there is one');
      return { name, message: SlackMessage.parse(JSON.parse(transformInput(transformer, event))) };
    });
}

/** A title as it comes from Kombo into an event. */
function observedText(title: string): string {
  const read = observe(rawRecord({ course_revision: { ...REVISION, title } }));
  return ('observed' in read && read.observed.course.title) || '';
}

function delivered(type: EventType, changes: object = {}): object {
  return deliveredExample(type, { ...exampleOf(type).detail, ...changes });
}

test.each(eventTypes)('%s is posted once, as a message that Slack takes', (type) => {
  const messages = posted(delivered(type));
  expect(messages).toHaveLength(1);
  expect(messages[0]?.message).toMatchSnapshot();
});

test('where channels are many, learning events share a rule and are still posted once', () => {
  const rules = slackRules(channel, true);
  expect(rules.length).toBeLessThanOrEqual(12);
  for (const type of eventTypes) {
    const messages = rules.flatMap(({ pattern, transformer }) =>
      transformer !== null && matchesPattern(pattern, delivered(type))
        ? [SlackMessage.parse(JSON.parse(transformInput(transformer, delivered(type))))]
        : [],
    );
    expect(messages).toHaveLength(1);
    if (LearningEventType.options.some((learning) => learning === type)) expect(messages[0]?.text).toBe(type);
  }
});

test('a channel gets what it asked for, and nothing else', () => {
  const to = { ...channel, events: ['CourseCompleted', 'IntegrationFailing'] } satisfies SlackChannel;
  expect(eventTypes.filter((type) => posted(delivered(type), to).length > 0).toSorted()).toEqual([
    'CourseCompleted',
    'IntegrationFailing',
  ]);
});

test('courses narrow down what is about a course, not what is about an integration', () => {
  const to = { ...channel, courses: ['other'] };
  expect(posted(delivered('CourseCompleted'), to)).toEqual([]);
  expect(posted(delivered('IntegrationFailing'), to)).toHaveLength(1);
});

test('chat.postMessage is told the channel', () => {
  expect(posted(delivered('CourseCompleted'), { ...channel, channelId: 'C0123' })[0]?.message.channel).toBe(
    'C0123',
  );
});

describe('what a person wrote', () => {
  test.each(Object.entries(hostileTexts))('is text that Slack takes: %s', (_, written) => {
    const text = observedText(written);
    const to = { ...channel, named: true };
    const learner = { id: 'l', remoteId: null, firstName: text, lastName: text, email: text };
    const [post] = posted(delivered('CourseCompleted', { course: { ...course, title: text }, learner }), to);
    const plain = { type: 'plain_text', text, emoji: false };
    expect(post?.message.blocks[1]).toEqual({ type: 'section', text: plain });
    expect(post?.message.blocks[2]).toMatchObject({
      elements: [{ type: 'mrkdwn', text: '*Learner*' }, plain, plain],
    });
    expect(post?.message.text).toBe('Course completed');
  });

  test.each(Object.entries(hostileTexts))('is one line of a digest: %s', (_, written) => {
    const course = observedText(written);
    const { lines, events } = summarise([
      { id: '1', type: 'CourseCompleted', course },
      { id: '2', type: 'LearnerDropped', course: 'B' },
    ]);
    expect(events).toBe(2);
    expect(lines.split('\n').map(actsOnTerminal)).toEqual([null, null]);
    const digest = deliveredExample('DigestPrepared', { ...exampleOf('DigestPrepared').detail, lines });
    expect(posted(digest)[0]?.message.blocks[1]).toMatchObject({ text: { type: 'plain_text', text: lines } });
  });

  const { course, learner } = learningExample('CourseCompleted').detail;
  test('is text, whatever is in it', () => {
    const title = '"C" & <!channel> *for* \\ beginners\n<https://evil.example|click>';
    const [post] = posted(delivered('CourseCompleted', { course: { ...course, title } }));
    expect(post?.message.blocks[1]).toEqual({
      type: 'section',
      text: { type: 'plain_text', text: title, emoji: false },
    });
  });

  test('may be missing: the message says what is known', () => {
    for (const type of LearningEventType.options) {
      const untitled = posted(delivered(type, { course: { ...course, title: null } }));
      expect(untitled.map(({ name }) => name)).toEqual(['learning-Incomplete']);
      expect(untitled[0]?.message.text).toBe(type);
    }
  });

  test('is named where events carry names, and only with both of them', () => {
    const to = { ...channel, named: true };
    const named = { ...learner, firstName: 'Ada', lastName: 'Lovelace', email: null };
    const [post] = posted(delivered('CourseCompleted', { learner: named }), to);
    expect(JSON.stringify(post?.message)).toMatch(/"Ada".*"Lovelace"/);
    for (const missing of [{ ...named, lastName: null }, { ...named, firstName: null }, learner]) {
      expect(posted(delivered('CourseCompleted', { learner: missing }), to).map(({ name }) => name)).toEqual([
        'learning-Incomplete',
      ]);
    }
  });
});

test('a replay is posted where it is addressed to the channel', () => {
  const replayed = (consumer: string) => ({
    ...delivered('CourseCompleted', { replay: { id: 'r', reason: 'x', consumer } }),
    'detail-type': 'ReplayedCourseCompleted',
  });
  expect(posted(replayed('learning'))).toHaveLength(1);
  expect(posted(replayed('certificates'))).toHaveLength(0);
});
