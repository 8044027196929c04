import { describe, expect, test } from 'vitest';
import { publishedEvents } from '../../../functions/contract/published-events.ts';
import type { WorkflowEvent } from '../../../functions/contract/workflow-events.ts';
import { type DigestPorts, prepareDigest } from '../../../functions/digest/prepare-digest.ts';
import { summarise } from '../../../functions/digest/summarise.ts';

const completed = (id: string, course: string | null = 'Fire safety') => ({
  id,
  type: 'CourseCompleted',
  course,
});

describe('a summary', () => {
  test('counts each kind of event and course, the most frequent first', () => {
    const items = [completed('1'), { id: '2', type: 'LearnerEnrolled', course: 'First aid' }, completed('3')];
    expect(summarise(items)).toEqual({
      events: 3,
      headline: '3 events since the last digest',
      lines: '2 × Course completed · Fire safety\n1 × Learner enrolled · First aid',
    });
  });
  test('counts a repeated event once, and a replayed one as what it was', () => {
    expect(
      summarise([completed('1'), completed('1'), { ...completed('2'), type: 'ReplayedCourseCompleted' }])
        .lines,
    ).toBe('2 × Course completed · Fire safety');
  });
  test('does without a title, or a course', () => {
    expect(summarise([completed('1', null), { id: '2', type: 'IntegrationFailing' }]).lines).toBe(
      '1 × Course completed\n1 × Integration failing',
    );
  });
  test('stays below what Slack takes', () => {
    const items = Array.from({ length: 500 }, (_, at) => completed(String(at), `${at} ${'x'.repeat(9_000)}`));
    const { lines } = summarise(items);
    expect(lines.length).toBeLessThan(3000);
    expect(lines).toMatch(/and 480 more kinds$/);
  });
});

describe('a digest', () => {
  function queue(bodies: object[], { failing = false } = {}) {
    const waiting = bodies.map((body, at) => ({ body: JSON.stringify(body), receipt: String(at) }));
    const told: WorkflowEvent[] = [];
    const removed: string[] = [];
    const ports: DigestPorts = {
      receive: async () => waiting.splice(0, 10),
      remove: async (receipts) => void removed.push(...receipts),
      tell: async (event) => {
        if (failing) throw new Error('the bus is down');
        told.push(event);
      },
      clock: () => Date.parse('2026-04-15T17:00:00.000Z'),
    };
    return { ports, told, removed };
  }

  test('tells of everything that waits, then takes it away', async () => {
    const { ports, told, removed } = queue(Array.from({ length: 25 }, (_, at) => completed(String(at))));
    expect(await prepareDigest('learning', ports)).toBe(25);
    expect(publishedEvents.DigestPrepared.parse(told[0]?.detail)).toMatchObject({
      channel: 'learning',
      events: 25,
    });
    expect(removed).toHaveLength(25);
  });
  test('is not made of nothing', async () => {
    const { ports, told } = queue([]);
    expect(await prepareDigest('learning', ports)).toBe(0);
    expect(told).toEqual([]);
  });
  test('that is not told leaves everything in the queue', async () => {
    const { ports, removed } = queue([completed('1')], { failing: true });
    await expect(prepareDigest('learning', ports)).rejects.toThrow('the bus is down');
    expect(removed).toEqual([]);
  });
});
