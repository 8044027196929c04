import { expect, test } from 'vitest';
import { deliveredExample } from '../../../catalogue/examples.ts';
import * as kit from '../../../consumers/kit/index.ts';

function recording() {
  const calls: string[] = [];
  const handle = kit.eventHandler<'CourseCompleted' | 'ChangesHeld'>({
    CourseCompleted: async ({ type, detail, isReplay }) => {
      calls.push(`${type} ${detail.progression.status}${isReplay ? ' again' : ''}`);
    },
    ChangesHeld: async ({ type, detail }) => {
      calls.push(`${type} of ${detail.integration.id}`);
    },
  });
  return { calls, handle };
}

test('`eventHandler` calls the function for the type of an event, whether the event is live, replayed or from a queue', async () => {
  const { calls, handle } = recording();
  const completed = deliveredExample('CourseCompleted');
  const held = deliveredExample('ChangesHeld');
  await handle(completed);
  await handle({ ...completed, 'detail-type': 'ReplayedCourseCompleted' });
  await handle(JSON.stringify(held));
  expect(calls).toEqual([
    'CourseCompleted COMPLETED',
    'CourseCompleted COMPLETED again',
    expect.stringMatching(/^ChangesHeld of moodle:/),
  ]);
});

test('`eventHandler` refuses an event type without a function and a detail that does not fit its type', async () => {
  const { calls, handle } = recording();
  await expect(handle(deliveredExample('CourseStarted'))).rejects.toThrow(kit.UnexpectedEventError);
  await expect(handle({ ...deliveredExample('ChangesHeld'), 'detail-type': 'toString' })).rejects.toThrow(
    kit.UnexpectedEventError,
  );
  await expect(handle({ ...deliveredExample('CourseCompleted'), detail: {} })).rejects.toThrow(/version/);
  expect(calls).toEqual([]);
});

test('`eventHandler` does not compile when one of its explicit event types has no function or does not exist', () => {
  // @ts-expect-error CourseReopened has no function
  kit.eventHandler<'CourseCompleted' | 'CourseReopened'>({ CourseCompleted: async () => {} });
  // @ts-expect-error there is no such event
  kit.eventHandler<'CourseFinished'>({ CourseFinished: async () => {} });
});
