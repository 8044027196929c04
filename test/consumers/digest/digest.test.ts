import { describe, expect, test } from 'vitest';
import {
  type DigestOutcome,
  type DigestPorts,
  digestHandler,
} from '../../../consumers/digest/prepare-digest.ts';
import { summarise } from '../../../consumers/digest/summarise.ts';
import { publishedEvents } from '../../../functions/contract/published-events.ts';
import type { WorkflowEvent } from '../../../functions/contract/workflow-events.ts';

const completed = (id: string, course: string | null = 'Fire safety') => ({
  id,
  type: 'CourseCompleted',
  course,
});

test('the summary of a digest counts the events by type and course, with the most frequent first', () => {
  const items = [completed('1'), { id: '2', type: 'LearnerEnrolled', course: 'First aid' }, completed('3')];
  expect(summarise(items)).toEqual({
    events: 3,
    headline: '3 events since the last digest',
    lines: '2 × Course completed · Fire safety\n1 × Enrolled in a course · First aid',
  });
});
test('the summary of a digest counts a repeated event once and a replayed event like a live event', () => {
  expect(
    summarise([completed('1'), completed('1'), { ...completed('2'), type: 'ReplayedCourseCompleted' }]).lines,
  ).toBe('2 × Course completed · Fire safety');
});
test('the summary of a digest also counts events without a course title or a course', () => {
  const withoutTitle = [null, '', ' \n', '\u200b'].map((title, at) => completed(String(at), title));
  expect(summarise([...withoutTitle, { id: 'x', type: 'IntegrationFailing' }]).lines).toBe(
    '4 × Course completed\n1 × An integration is failing',
  );
});
test("the summary of a digest about 500 courses is shorter than Slack's limit and says how many kinds of events it leaves out", () => {
  const items = Array.from({ length: 500 }, (_, at) => completed(String(at), `${at} ${'x'.repeat(9_000)}`));
  const { lines } = summarise(items);
  expect(lines.length).toBeLessThan(3000);
  expect(lines).toMatch(/and 480 more$/);
});

describe('the digest of a channel', () => {
  const TIMEOUT_MS = 120_000;

  /**
   * Creates a queue that returns at most ten messages per call. Each call takes `receiveMs`, and received
   * messages are hidden from later calls.
   */
  function queue(bodies: string[], { busFails = false, receiveMs = 0 } = {}) {
    const waiting = bodies.map((body, at) => ({ body, receipt: String(at) }));
    const published: WorkflowEvent[] = [];
    const removed: string[] = [];
    const outcomes: DigestOutcome[] = [];
    let spentMs = 0;
    const ports: DigestPorts = {
      receive: async () => {
        spentMs += receiveMs;
        return waiting.splice(0, 10);
      },
      remove: async (receipts) => void removed.push(...receipts),
      notify: async (event) => {
        if (busFails) throw new Error('the bus is down');
        published.push(event);
      },
      clock: () => Date.parse('2026-04-15T17:00:00.000Z'),
    };
    const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/learning';
    const portsOf = (url: string) => (url === queueUrl ? ports : expect.unreachable(url));
    const report = (_: string, outcome: DigestOutcome) => outcomes.push(outcome);
    const handler = digestHandler({ portsOf, report });
    const due = { Records: [{ body: JSON.stringify({ channel: 'learning', queueUrl }) }] };
    const call = () => handler(due, { getRemainingTimeInMillis: () => TIMEOUT_MS - spentMs });
    return { call, published, removed, outcomes, spentMs: () => spentMs };
  }
  const events = (count: number) =>
    Array.from({ length: count }, (_, at) => JSON.stringify(completed(String(at))));

  test('a digest counts all events that wait in its queue, and afterwards the events are removed from the queue', async () => {
    const { call, published, removed, outcomes } = queue(events(25));
    await call();
    expect(outcomes).toEqual([{ events: 25, unreadable: 0 }]);
    expect(publishedEvents.DigestPrepared.parse(published[0]?.detail)).toMatchObject({
      channel: 'learning',
      events: 25,
    });
    expect(removed).toHaveLength(25);
  });

  test('no digest is published when no event waits in its queue', async () => {
    const { call, published } = queue([]);
    await call();
    expect(published).toEqual([]);
  });

  test('when a digest cannot be published, its function fails, and all events stay in the queue', async () => {
    const { call, removed } = queue(events(1), { busFails: true });
    await expect(call()).rejects.toThrow('the bus is down');
    expect(removed).toEqual([]);
  });

  test('when a message in the queue of a digest cannot be read, the digest is published, the message stays in the queue, and the function fails', async () => {
    const { call, published, removed, outcomes } = queue([
      'not JSON',
      ...events(2),
      '{"type":"CourseCompleted"}',
    ]);
    await expect(call()).rejects.toThrow('cannot be read');
    expect(outcomes).toEqual([{ events: 2, unreadable: 2 }]);
    expect(published).toHaveLength(1);
    expect(removed).toEqual(['1', '2']);
  });

  test('the function of a digest receives messages for a third of its time limit, and the other messages wait for the next digest', async () => {
    const { call, published, removed, spentMs } = queue(events(500), { receiveMs: 5_000 });
    await call();
    expect(spentMs()).toBe(40_000);
    expect(published).toHaveLength(1);
    expect(removed).toHaveLength(80);
  });
});
