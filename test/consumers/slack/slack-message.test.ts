import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deliveredExample, exampleOf, learningExample } from '../../../catalogue/examples.ts';
import { textOf } from '../../../consumers/channels/channel-handler.ts';
import { summarise } from '../../../consumers/digest/summarise.ts';
import { slackMessage } from '../../../consumers/slack/slack-message.ts';
import { type EventType, eventTypes, publishedEvents } from '../../../functions/contract/published-events.ts';
import { hostileTexts } from '../../support/hostile-texts.ts';
import { SlackBlocks } from './slack-blocks.ts';

const messageOf = (event: unknown) => slackMessage(textOf(event));

function messageAbout(type: EventType, changes: object = {}) {
  return SlackBlocks.parse(messageOf(deliveredExample(type, { ...exampleOf(type).detail, ...changes })));
}
const { course, learner } = learningExample('CourseCompleted').detail;

test.each(eventTypes)(
  "the Slack message about %s fits Slack's limits and is the message in the snapshot",
  (type) => {
    expect(messageAbout(type)).toMatchSnapshot();
  },
);

test('the Slack message about a replayed event is the same as the Slack message about the live event', () => {
  const event = deliveredExample('CourseCompleted');
  expect(messageOf({ ...event, 'detail-type': 'ReplayedCourseCompleted' })).toEqual(messageOf(event));
});

test('a course title in a Slack message is plain text, whatever markup it contains', () => {
  const title = '"C" & <!channel> *for* \\ beginners <https://evil.example|click>';
  const { blocks } = messageAbout('CourseCompleted', { course: { ...course, title } });
  expect(blocks[1]).toEqual({ type: 'section', text: { type: 'plain_text', text: title, emoji: false } });
});

test('markup in the notification text of a Slack digest is escaped', () => {
  expect(messageAbout('DigestPrepared', { headline: '<!channel> & more' }).text).toBe(
    '&lt;!channel&gt; &amp; more',
  );
});

test('a course title in a Slack message is one line, so that it cannot imitate another part of the message', () => {
  const title = ' Fire\n\nLearner:\u2028Ada \u202egnp.exe\u0007 ';
  const { blocks } = messageAbout('CourseCompleted', { course: { ...course, title } });
  expect(blocks[1]).toMatchObject({ text: { text: 'Fire Learner: Ada \ufffdgnp.exe\ufffd' } });
});

test.each(Object.entries(hostileTexts))(
  'a course title with %s is one line in a Slack digest',
  (_, course) => {
    const { lines } = summarise([
      { id: '1', type: 'CourseCompleted', course },
      { id: '2', type: 'LearnerDropped', course: 'B' },
    ]);
    const [, section] = messageAbout('DigestPrepared', { lines }).blocks;
    expect(JSON.stringify(section).match(/\\n/g)).toHaveLength(1);
  },
);

test("the Slack message about an event fits Slack's limits, whatever texts the event contains", () => {
  const some = fc.oneof(
    fc.constantFrom(null, '', ' ', '\n', '\u200b', '🔥'.repeat(5_000), '\u200b'.repeat(500)),
    fc.constantFrom(...Object.values(hostileTexts)),
    fc.string({ unit: 'binary' }),
  );
  const changedEvent = fc
    .constantFrom(...eventTypes)
    .chain((type) =>
      fc.tuple(fc.constant(type), fc.array(some, { minLength: 40, maxLength: 40 }), fc.boolean()),
    );
  fc.assert(
    fc.property(changedEvent, ([type, texts, isNamed]) => {
      const detail = withTexts(type, texts, isNamed);
      SlackBlocks.parse(messageOf(deliveredExample(type, detail)));
    }),
    { numRuns: 300 },
  );
});

/**
 * Returns the example of an event with `texts` in all fields that accept any text. With `isNamed`, an event
 * about a learner also has a name.
 */
function withTexts(type: EventType, texts: (string | null)[], isNamed: boolean): object {
  const example: object = exampleOf(type).detail;
  const names = { firstName: 'Ada', lastName: 'Lovelace', email: null };
  let detail: object =
    isNamed && 'learner' in example
      ? { ...example, learner: { ...Object(example.learner), ...names } }
      : example;
  for (const [at, path] of pathsIn(detail).entries()) {
    const changed = withValue(detail, path, texts[at % texts.length] ?? null);
    if (publishedEvents[type].safeParse(changed).success) detail = changed;
  }
  return detail;
}

/** Returns the paths of all texts in a value. */
function pathsIn(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value === 'string') return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => pathsIn(part, [...path, name]));
}

function withValue(object: object, [name = '', ...rest]: string[], value: unknown): object {
  const copy: Record<string, unknown> = { ...object };
  copy[name] = rest.length === 0 ? value : withValue(Object(copy[name]), rest, value);
  return copy;
}

describe('the learner in a message', () => {
  const shown = (changes: object) =>
    JSON.stringify(messageAbout('CourseCompleted', { learner: { ...learner, ...changes } }));

  test('a Slack message contains the first and last name of the learner if the event has them', () => {
    expect(shown({ firstName: 'Ada', lastName: 'Lovelace', email: null })).toContain('"Ada Lovelace"');
    expect(shown({ firstName: null, lastName: 'Lovelace', email: null })).toContain('"Lovelace"');
    expect(shown({ firstName: '\u200b', lastName: 'Lovelace', email: null })).toContain('"Lovelace"');
  });

  test("without a name, a Slack message has the learner's id on the platform, otherwise the learner's id in Kombo, otherwise the progression's id", () => {
    expect(shown({ firstName: '', lastName: ' ', email: null })).toContain(`"${learner.remoteId}"`);
    expect(shown({ remoteId: null })).toContain(`"${learner.id}"`);
    expect(shown({ remoteId: '' })).toContain(`"${learner.id}"`);
    const erased = shown({ id: null, remoteId: null });
    expect(erased).not.toContain('Learner');
    expect(erased).toContain(learningExample('CourseCompleted').detail.progression.id);
  });
});

test('a Slack message has the id of the progression when the course has no title', () => {
  for (const title of [null, '', ' \u200b']) {
    const { blocks } = messageAbout('CourseCompleted', { course: { ...course, title } });
    expect(blocks.map(({ type }) => type)).not.toContain('section');
    expect(JSON.stringify(blocks)).toContain(learningExample('CourseCompleted').detail.progression.id);
  }
});

test('the times in a Slack message are shown in the time zone of the reader', () => {
  const occurredAt = '2026-03-02T09:30:00.000Z';
  expect(JSON.stringify(messageAbout('CourseCompleted', { occurredAt }))).toContain(
    '<!date^1772443800^{date_short_pretty} {time}|2026-03-02 09:30 UTC>',
  );
});
