import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveredExample, exampleOf, learningExample } from '../../../catalogue/examples.ts';
import {
  type Channel,
  digestMessageRule,
  digestQueueRules,
  liveRules,
} from '../../../consumers/channels/channel-rules.ts';
import { type EventType, eventTypes } from '../../../functions/contract/published-events.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';

const COURSE = learningExample('CourseCompleted').detail.course;
const channel = { name: 'learning', events: eventTypes } satisfies Channel;

/** Returns the number of a channel's rules that match an event. */
function taken(event: object, to: Channel = channel): number {
  return liveRules(to).filter(({ pattern }) => matchesPattern(pattern, event)).length;
}

function delivered(type: EventType, changes: object = {}): object {
  return deliveredExample(type, { ...exampleOf(type).detail, ...changes });
}

test('exactly one EventBridge rule of a Slack channel matches each selected type of event, and no rule matches another type', () => {
  fc.assert(
    fc.property(fc.subarray([...eventTypes], { minLength: 1 }), (events) => {
      for (const type of eventTypes) {
        expect(taken(delivered(type), { ...channel, events })).toBe(events.includes(type) ? 1 : 0);
      }
    }),
    { numRuns: 30 },
  );
});

test("an EventBridge rule of a Slack channel also matches an event without a course title and a learner's name", () => {
  const blank = { course: { id: null, title: null }, learner: { id: null, remoteId: null } };
  expect(taken(delivered('CourseCompleted', blank), { ...channel, events: ['CourseCompleted'] })).toBe(1);
});

test('the filter `courses` of a Slack channel applies to events about a course and not to events about an integration', () => {
  const to = { ...channel, courses: ['other'] };
  for (const type of ['CourseCompleted', 'CertificateIssued'] as const) {
    expect(taken(delivered(type), to)).toBe(0);
    expect(taken(delivered(type, { course: { ...COURSE, id: 'other' } }), to)).toBe(1);
  }
  expect(taken(delivered('IntegrationFailing'), to)).toBe(1);
});

test('an EventBridge rule of a Slack channel matches replays for this channel and no replays for another consumer', () => {
  const replayed = (consumer: string) => ({
    ...delivered('CourseCompleted', { replay: { id: 'r', reason: 'x', consumer } }),
    'detail-type': 'ReplayedCourseCompleted',
  });
  expect(taken(replayed('learning'))).toBe(1);
  expect(taken(replayed('certificates'))).toBe(0);
});

test('the EventBridge rule for the digest of a Slack channel matches the digest of this channel and no other digest', () => {
  const { pattern } = digestMessageRule({ ...channel, name: 'daily' });
  expect(matchesPattern(pattern, delivered('DigestPrepared', { channel: 'daily' }))).toBe(true);
  expect(matchesPattern(pattern, delivered('DigestPrepared', { channel: 'learning' }))).toBe(false);
});

test('the EventBridge rules of the queue of a digest match every selected type of event except digests', () => {
  const rules = digestQueueRules(channel);
  for (const type of eventTypes) {
    const matching = rules.filter(({ pattern }) => matchesPattern(pattern, delivered(type)));
    expect(matching, type).toHaveLength(type === 'DigestPrepared' ? 0 : 1);
  }
});
